"""The advisors' console: pages at `/console` for those who answer people, and for those who look after them.

`routes` joins it all · `context` what every page gets · `menu` its navigation · `gate` who may come in, and what every
form has to carry · `login`, `attempts`, `sessions`, `accounts`, `passwords` how one gets in · `board` the queue, read by
`waiting` · `case` a case's page, read by `dossier` and `transcript` · `acting` what is done with it · `aids` draft and
search beside the reply · `phrases`, `people`, `account`, `trail` the other pages · `words` what things are called ·
`unanswered`, `drafts`, `drafting`, `approving`, `figures` learning from people, done by `adapters.learning` · `sheet` a
table as a file, `span` a span of days. What is done with a case is done by `adapters.desk.cases`; nothing here decides.

A new page is a module of this package with two names, and a line in `routes.PAGES`:

    MENU = (Entry("集計", "/console/figures", administrators=True),)

    def routes(console: Console) -> APIRouter:
        router = APIRouter(include_in_schema=False)

        @router.get("/console/figures")
        def show(session: Administrator) -> HTMLResponse:
            return console.page(session, "figures.html", here="/console/figures", rows=...)

        @router.post("/console/figures")
        def change(form: Posted, session: Administrator) -> Response:   # `Posted` has checked the CSRF token
            with console.store.write() as connection:
                ...
                record(connection, who=session.account.key, action="figures-change", subject="figures")
            return see_other("/console/figures")

        return router

Its template extends `layout.html` and fills the blocks `title` and `content`; each form in it includes `csrf.html`.
`SignedIn` instead of `Administrator` lets every advisor in, `Looking` is for what a page fetches by itself.
"""
