"""The run directory: what a run read, was answered, made and could not make.

    manifest.json      inputs, what made the answers, counts, costs (written aside and replaced)
    documents.jsonl    the documents in input order (likewise)
    skipped.jsonl      entries of the input that gave no document, and why (likewise)
    duplicates.jsonl   which of both were held to be one paper, or versions of one work, or not so
                       for all that they are alike, and why (likewise)
    answers.jsonl      every answer of the endpoint, as received, before it is parsed; and copies of
                       those that the cache gave instead, which cost nothing here (appended)
    records.jsonl      records, in the order in which they were made (appended)
    failures.jsonl     failures, likewise (appended)
    screening.jsonl    what people decide about the documents (appended): see ``screening``
    corrections.jsonl  what people say of records, a place a line (appended): see ``people``
    batches.jsonl      what was asked of a provider's batch API, and what came of it (appended)

A document matches a record by ``doc_id`` and content: a changed document needs a new record, and
one that is gone from the input leaves the views. Of several lines about one document the last
counts; a record outranks a failure. A record that is to be made anew is shown until it is. A line
that can't be understood costs itself alone, and is made anew from its answer.
"""

# mypy: implicit-reexport

from typing import TYPE_CHECKING

from summarise import lazily
from summarise.store.digests import DigestTable, Offsets, digest
from summarise.store.document_lines import StoredRow, document_key
from summarise.store.documents import HeldDocuments
from summarise.store.files import (
    ANSWERS,
    BATCHES,
    CORRECTIONS,
    DOCUMENTS,
    DUPLICATES,
    EXPORT_BEGINNING,
    FAILURES,
    MANIFEST,
    OWN,
    READ,
    RECORDS,
    SCREENING,
    SKIPPED,
    TABLE,
    Damage,
    file_hash,
    is_other_file,
    put_aside,
    replacing,
    telling,
    understood,
    writing,
)
from summarise.store.lines import KeptAnswers
from summarise.store.manifest import (
    CHAINED,
    Chain,
    Hashes,
    Input,
    InputPlace,
    Manifest,
    Marks,
    RunState,
    chained,
    contents_hash,
    demand_manifest,
    is_at_work,
    load_manifest,
    manifest_hash,
    utc_now,
    write_table,
)
from summarise.store.pairing import Change, PileChanges, paired
from summarise.store.people import (
    JudgedRow,
    Overlay,
    RefusedLine,
    append_judgements,
    called_now,
    count_judged,
    ids_now,
    overlay_of,
    read_work,
    said_of,
)
from summarise.store.run import PLAN, Run, changes_of, plan_in, refuse_plan
from summarise.store.screening import (
    Screening,
    Spellings,
    TextKey,
    add_decisions,
    decisions_in,
    decisions_of,
    load_screening,
    texts_now,
)

if TYPE_CHECKING:
    from summarise.store.amending import Amendment
    from summarise.store.cache import AnswerCache, Misses, Origin, Parts
    from summarise.store.cache_upkeep import (
        clear_cache,
        export_answers,
        format_size,
        import_answers,
        parse_age,
        parse_size,
        prune_cache,
        survey_cache,
        verify_cache,
    )
    from summarise.store.folders import (
        OUTPUTS,
        RunPlace,
        identity_differences,
        open_run,
        refuse_foreign,
        refuse_overwriting,
    )
    from summarise.store.orders import Order, OrderBook, OrderState, refuse_open_orders
    from summarise.store.whole_runs import (
        check_removable,
        pack_run,
        remove_run,
        unpack_run,
        work_in,
    )
    from summarise.store.writer import RunWriter
else:
    # Who reads a run needs neither what says where one goes nor what writes it.
    __getattr__ = lazily(__name__)
