"""What text search answers badly: "all that do X", "the next one", "which of them fit", from the catalogue.

Nothing is said that the index does not prove, so where the shipped pages are not indexed the answer is None and
the text search goes on.
"""

from __future__ import annotations

from bot.answer import Answer
from bot.lists.events import event_listing
from bot.lists.grants import grant_listing
from bot.lists.offers import offer_listing
from bot.lists.proofs import Proofs
from bot.lists.wishes import wish
from bot.reading import Reading
from knowledge.catalogue.load import shipped


def listing(reading: Reading, proofs: Proofs, public_url: str) -> Answer | None:
    """Answer a question that asks for a list or for the next of a series.

    Args:
        reading: The question; its `today` decides what is past.
        proofs: Of the index, which must hold the passages that are cited.
        public_url: Base of the citations' addresses.
    Returns:
        An answer with a citation for every line; an abstention where the documents' calendar has ended; None where
        the catalogue has nothing for the question or the index nothing to prove it with.
    """
    catalogue = shipped()
    for answered in (wish, event_listing, grant_listing, offer_listing):
        answer = answered(reading, catalogue, proofs, public_url)
        if answer is not None:
            return answer
    return None
