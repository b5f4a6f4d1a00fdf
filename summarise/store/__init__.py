"""The run directory: what a run read, was answered, made and could not make.

    manifest.json      inputs, what made the answers, counts, costs (written aside and replaced)
    documents.jsonl    the documents in input order (likewise)
    skipped.jsonl      entries of the input that gave no document, and why (likewise)
    answers.jsonl      every answer of the endpoint, as received, before it is parsed; and copies of
                       those that the cache gave instead, which cost nothing here (appended)
    records.jsonl      records, in the order in which they were made (appended)
    failures.jsonl     failures, likewise (appended)

A document matches a record by ``doc_id`` and content: a changed document needs a new record, and
one that is gone from the input leaves the views. Of several lines about one document the last
counts; a record outranks a failure. A record that is to be made anew is shown until it is. A line
that can't be understood costs itself alone, and is made anew from its answer.
"""

from summarise.store.files import MANIFEST, OWN, TABLE, Damage
from summarise.store.folders import folder_for, refuse_foreign
from summarise.store.hashes import Chain, Hashes, file_hash
from summarise.store.lines import KeptAnswers, StoredRow
from summarise.store.manifest import Input, Manifest, RunState, utc_now
from summarise.store.run import Run
from summarise.store.writer import Keep, RunWriter, open_run

__all__ = [
    "MANIFEST",
    "OWN",
    "TABLE",
    "Chain",
    "Damage",
    "Hashes",
    "Input",
    "Keep",
    "KeptAnswers",
    "Manifest",
    "Run",
    "RunState",
    "RunWriter",
    "StoredRow",
    "file_hash",
    "folder_for",
    "open_run",
    "refuse_foreign",
    "utc_now",
]
