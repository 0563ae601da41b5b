"""The catalogue's entries and the rules that each of them keeps."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from knowledge.wards import AREAS, WARDS

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Entry(BaseModel):
    """Anything in a data file: it never changes, and a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Pointer(Entry):
    """The passage that proves an entry."""

    source: Annotated[str, StringConstraints(pattern=r"^[a-z0-9/-]+\.md$")]
    """Source id of the shipped page: its path below `knowledge/sources`."""
    heading: Text
    """The innermost heading that the passage stands under."""
    words: Text
    """A verbatim piece of one of the passage's blocks, and of no other there, or one block as a whole; white space
    does not count."""


class Category(IntEnum):
    """The five fields of the Chiyoda model's menu of support."""

    ENERGY = 1
    BUILDINGS = 2
    CIRCULAR = 3
    FUNDING = 4
    CONSULTING = 5

    @property
    def title(self) -> str:
        """Its name in the menu."""
        return (
            "再エネ・省エネ等",
            "建築・空間デザイン",
            "資源循環・廃棄物削減",
            "資金調達・補助金支援",
            "コンサルティング・共創",
        )[self - 1]

    @property
    def circled(self) -> str:
        """Its number in the menu, as a character."""
        return "①②③④⑤"[self - 1]


class Organisation(Entry):
    """A company, body or ward that supports businesses."""

    id: Id
    name: Text
    """In full, as the documents write it."""
    short: Text
    """As a list calls it."""
    names: tuple[Text, ...] = ()
    """Other forms that people and documents use."""
    proof: Pointer


class Need(Entry):
    """Something a business may want done."""

    id: Id
    name: Text
    """What the person is told: 「…」の会社."""
    words: tuple[Text, ...]
    """Words of a question that mean it; folded, lower case, no spaces."""
    without: tuple[Text, ...] = ()
    """Words beside which those words mean something else."""


class Offer(Entry):
    """One item of the menu of support: who offers what."""

    organisation: Id
    category: Category
    what: Text
    """A noun phrase, short enough for a line on a phone."""
    needs: tuple[Id, ...] = ()
    facts: tuple[Annotated[str, StringConstraints(pattern=r"^\d{3}-\d{3}$")], ...]
    """Ids in `knowledge/coverage.tsv` that it tells."""
    proof: Pointer


class Tenant(StrEnum):
    """Whether a business that rents its premises may use something, as far as the documents say."""

    YES = "yes"
    ANY = "any"
    """It pays for no work on a building: renting or owning is no condition that the documents name."""
    WITH_CONSENT = "with-consent"
    """With the owner's consent."""
    UNKNOWN = "unknown"
    """The documents do not say."""
    NO = "no"
    """It is for whoever builds or owns."""


class Programme(Entry):
    """Something that a business can join or use and that is no grant."""

    id: Id
    name: Text
    names: tuple[Text, ...] = ()
    wards: tuple[str, ...]
    """Whose businesses it is for: romaji, or `all23`, `tokyo`, `japan`."""
    organisation: Id | None = None
    about: Text
    """A noun phrase."""
    needs: tuple[Id, ...] = ()
    """What it is good for, where it stands beside the companies that offer the same."""
    tenant: Tenant = Tenant.UNKNOWN
    tenant_proof: Pointer | None = None
    proposal: bool = False
    """It is proposed, not decided."""
    proof: Pointer

    @model_validator(mode="after")
    def _sound(self) -> Self:
        check_wards(*self.wards)
        _check_tenant(self.tenant, self.tenant_proof)
        return self


class Terms(Entry):
    """What a grant paid in one fiscal year. It says nothing about any other year."""

    fiscal_year: int | None = None
    """The year it begins in; None where the page bears no date, and the answer says so."""
    needs: tuple[Id, ...] = ()
    """What it pays for; empty: everything."""
    text: Text
    """Amount, rate, cap: numbers exactly as in the passage."""
    proof: Pointer

    @property
    def label(self) -> str:
        """How the year is said: 令和6年度の案内."""
        return f"令和{self.fiscal_year - 2018}年度の案内" if self.fiscal_year else "日付の表示のない案内"


class Grant(Entry):
    """A subsidy."""

    id: Id
    name: Text
    names: tuple[Text, ...] = ()
    ward: str
    """The ward that grants it, in romaji, or `tokyo`, `japan`."""
    about: Text
    """What it pays for: a noun phrase."""
    needs: tuple[Id, ...]
    """What it may be used for."""
    tenant: Tenant = Tenant.UNKNOWN
    tenant_proof: Pointer | None = None
    """Where the documents speak of tenants, also where they say that it is not known."""
    before: Pointer | None = None
    """The rule that asking or applying comes before order and work."""
    terms: tuple[Terms, ...] = ()
    contact: Id | None = None
    proof: Pointer

    @model_validator(mode="after")
    def _sound(self) -> Self:
        check_wards(self.ward)
        _check_tenant(self.tenant, self.tenant_proof)
        return self


class About(StrEnum):
    """What a contact is asked about."""

    SUPPORT = "support"
    """Companies, programmes, events."""
    GRANTS = "grants"
    REPORTS = "reports"


class Contact(Entry):
    """Whom to ask."""

    id: Id
    name: Text
    phone: str = ""
    email: str = ""
    url: str = ""
    note: str = ""
    """What must be said along with the number, such as its age."""
    wards: tuple[str, ...]
    about: tuple[About, ...]
    scope: Text
    """What they can be asked about: a noun phrase."""
    proof: Pointer

    @model_validator(mode="after")
    def _sound(self) -> Self:
        check_wards(*self.wards)
        return self


class Term(Entry):
    """A word of the trade, explained."""

    id: Id
    name: Text
    names: tuple[Text, ...] = ()
    """Other forms; folded, lower case."""
    sentence: Text
    """One plain sentence."""
    proof: Pointer | None = None
    """The passage that says so; without one the sentence is a general explanation, and is called that."""
    used: Pointer | None = None
    """A passage in which the documents use the word, told after a general explanation."""
    also: str = ""
    """What that passage says about it: one plain sentence."""

    @model_validator(mode="after")
    def _told(self) -> Self:
        if (self.used is None) != (not self.also):
            raise ValueError("a passage that uses the word is told in `also`, and nothing without one")
        return self


def _check_tenant(tenant: Tenant, proof: Pointer | None) -> None:
    if tenant is not Tenant.UNKNOWN and proof is None:
        raise ValueError("what is said of tenants needs a proof")


def check_wards(*wards: str) -> None:
    """Raise ValueError unless all are wards or wider areas, and there is one."""
    unknown = set(wards) - {*WARDS, *AREAS}
    if unknown or not wards:
        raise ValueError(f"unknown wards: {', '.join(sorted(unknown)) or 'none given'}")
