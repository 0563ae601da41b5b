"""The knowledge desk: operators bring documents in, look at them, publish them, and take them away again.

`previews` documents brought in, looked at and thrown away · `curation` what is published, withdrawn and restored; both
leave a row in the audit for each step · `naming` what an uploaded file is called · `stating` what an operator states
about a document · `golden` the operators' own questions, asked before anything is published · `comparing` what changed
between two texts · `rivals` older editions of the same rule, and amounts that contradict each other · `tasks` what an
operator has to look at · `refetch` addresses, fetched again each night. The page is `adapters.console.knowledge`;
editions and their files are kept by `knowledge.editions`.
"""
