"""The knowledge desk: operators bring documents in, look at them, publish them, and take them away again.

`curation` what is done, each step with its row in the audit · `naming` what an uploaded file is called · `stating` what
an operator states about a document · `golden` the operators' own questions, asked before anything is published ·
`comparing` what changed between two texts · `rivals` older editions of the same rule, and amounts that contradict each
other · `tasks` what an operator has to look at · `refetch` addresses, fetched again each night. The page is
`adapters.console.knowledge`; editions and their files are kept by `knowledge.editions`.
"""
