"""The command line: what is printed where, exit codes, and one clear line for each bad input."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from summarise import cli
from summarise.settings import PRESETS
from tests import processes
from tests.conftest import ROOT
from tests.loopback import LoopbackServer, Reply, Script, draft_answer, status

PAGE = ROOT / "fixtures" / "daily_papers.txt"


class Result:
    """What a command printed and how it left."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def summarise(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Result]:
    """Runs a command in this process."""

    def call(*arguments: object, stdin: bytes | None = None) -> Result:
        monkeypatch.setattr(sys, "argv", ["summarise", *map(str, arguments)])
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        code = stop.value.code
        return Result(code if isinstance(code, int) else 0, out, err)

    return call


Command = Callable[..., Result]


def is_one_line(err: str) -> bool:
    return err.startswith("summarise: ") and err.count("\n") == 1


def test_the_page_becomes_a_table(summarise: Command, tmp_path: Path) -> None:
    """Without a model and a key a page becomes outputs/<name>/table.md, and the user is told."""
    result = summarise("run", PAGE)
    assert result.code == 0
    assert result.out == f"{Path('outputs/daily_papers/table.md')}\n"
    assert "embedded extractor" in result.err
    assert "nothing was spent" in result.err
    table = (tmp_path / result.out.strip()).read_text(encoding="utf-8")
    assert "| Paper | Problem | Method | Data | Compute | Results |" in table


def test_an_input_alone_is_run(summarise: Command, tmp_path: Path) -> None:
    """`summarise page.txt` runs it, with flags behind it; a path that isn't there is told of."""
    result = summarise(PAGE, "-o", tmp_path / "run")
    assert result.code == 0
    assert result.out == summarise("run", PAGE, "-o", tmp_path / "run").out
    absent = summarise("absent.txt")
    assert (absent.code, is_one_line(absent.err)) == (2, True)
    assert "absent.txt: no such file" in absent.err


def test_help_and_version_are_words_too(summarise: Command) -> None:
    """`help`, `help COMMAND` and `version` do what the flags do; a near command is suggested."""
    assert summarise("help").out.strip() == summarise("--help").out.strip()
    assert summarise("help", "run").out == summarise("run", "--help").out
    assert summarise("version").out == summarise("--version").out
    assert "Did you mean 'table'?" in summarise("tabel", "run").err


def test_commands_by_themselves_tell_what_there_is(summarise: Command) -> None:
    """The first thing that a hand writes gives the help, line by line; so do groups of commands."""
    for group in ((), ("cache",), ("batch",), ("prompts",)):
        told = summarise(*group)
        assert (told.code, told.err) == (0, "")
        assert told.out.splitlines() == summarise(*group, "--help").out.splitlines()


def test_no_flag_is_offered_that_does_nothing(summarise: Command) -> None:
    """Further processes read and check for a run; who only looks at models has none."""
    assert "--processes" in summarise("run", "--help").out
    for command in ("doctor", "models"):
        assert "--processes" not in summarise(command, "--help").out


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("rn page.txt", "no such command 'rn'. Did you mean 'run'"),
        ("cache prun", "no such command 'prun'. Did you mean 'prune'?"),
        ("run page.txt --modle x", "no such option: --modle. Did you mean"),
        ("run", "missing argument 'INPUT'."),
        ("table page --where", "option '--where' requires an argument. `summarise table --help`"),
        ("cache prune --model", "requires an argument. `summarise cache prune --help` has all"),
        ("run page.txt --quiet=3", "option '--quiet' does not take a value."),
        ("run page.txt --limit x", "invalid value for '--limit'"),
        ("my page.txt", "There is “my page.txt”: put quotes around a name with spaces."),
        ("https://bees.example/page", "is an address, not a file"),
    ],
)
def test_a_command_line_that_cannot_be_meant(summarise: Command, line: str, told: str) -> None:
    """One line says what is wrong and what is near; exit code 2."""
    Path("my page.txt").write_text("Bees\n\nWe count bees by hand, and propose to film them.\n")
    refused = summarise(*line.split())
    assert (refused.code, is_one_line(refused.err)) == (2, True)
    assert told in refused.err


_TABLE_HINT = (
    "`summarise table RUN -o FILE.csv` writes a table. `summarise --help` has all it takes."
)
_RUN_HELP = "`summarise run --help` has all it takes."
_OPENAI = "and no endpoint is given."
_FETCH = (
    "Fetch the abstract, e.g. `summarise fetch arxiv:ID` or `summarise "
    "fetch doi:DOI`, or export it as .ris or .bib from your reference manager."
)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("export", f"no such command 'export'. {_TABLE_HINT}"),
        ("csv page", f"no such command 'csv'. {_TABLE_HINT}"),
        (
            "compare a b",
            (
                "no such command 'compare'. `summarise diff RUN OTHER` compares runs; `summarise "
                "compare-models`, models. `summarise --help` has all it takes."
            ),
        ),
        (
            "extract x",
            (
                "no such command 'extract'. `summarise run FILE` makes a table of abstracts. "
                "`summarise --help` has all it takes."
            ),
        ),
        (
            "run a.txt --resume",
            (
                "no such option: --resume. The same command resumes a run without a flag. "
                f"{_RUN_HELP}"
            ),
        ),
        ("run a.txt -m x", f"no such option: -m. Did you mean --model? {_RUN_HELP}"),
        ("run a.txt --out x", f"no such option: --out. Did you mean --output? {_RUN_HELP}"),
        ("run a.txt --outdir x", f"no such option: --outdir. Did you mean --output? {_RUN_HELP}"),
        ("run a.txt --key x", f"no such option: --key. Did you mean --api-key-env? {_RUN_HELP}"),
        ("run a.txt --url x", f"no such option: --url. Did you mean --base-url? {_RUN_HELP}"),
        ("table a -m x", "no such option: -m. `summarise table --help` has all it takes."),
        (
            "run a.txt --model claude-x",
            f"--model: OpenAI has no model 'claude-x', {_OPENAI} Add --endpoint anthropic.",
        ),
        (
            "estimate a.txt --model gemini-2.5-pro",
            f"--model: OpenAI has no model 'gemini-2.5-pro', {_OPENAI} Add --endpoint gemini.",
        ),
        (
            "run a.txt --model anthropic/claude-x",
            (
                f"--model: OpenAI has no model 'anthropic/claude-x', {_OPENAI} Write --endpoint "
                "anthropic --model claude-x, or add --endpoint openrouter."
            ),
        ),
        (
            "run a.txt --endpoint groq --model m",
            (
                "endpoint groq: api_key_env: the variable GROQ_API_KEY isn't set. Run `export "
                "GROQ_API_KEY=KEY`, or give another variable with --api-key-env NAME."
            ),
        ),
        (
            "run a.txt --model gpt-5-mini",
            (
                "stopped: api.openai.com: needs a key, and none is set. Run `export "
                "OPENAI_API_KEY=KEY`, or give another variable with --api-key-env NAME."
            ),
        ),
        (
            "run a.txt --endpoint ollama --model m",
            (
                "stopped: localhost:9: can't be reached: Connection refused. `ollama serve` starts "
                "Ollama."
            ),
        ),
        (
            "run a.txt --endpoint ollama",
            "localhost:9: can't be reached: Connection refused. `ollama serve` starts Ollama.",
        ),
        ("run a.txt --timeout 0", "--timeout: must be more than 0, not 0.0"),
        (
            "run a.txt --mode strict",
            (
                "--mode: must be 'json_schema', 'json_schema_loose', 'tools', 'json_object' or "
                "'prompted', not 'strict'"
            ),
        ),
        (
            "run a.txt --schema s.toml",
            "s.toml: fields.who.knd: unknown key. Did you mean kind?",
        ),
        ("run a.pdf", f"a.pdf: is a PDF, and abstracts are needed. {_FETCH}"),
        ("run a.docx", f"a.docx: is a .docx file, and abstracts are needed. {_FETCH}"),
        (
            "run a.html",
            (
                "a.html: no abstract found: read as html, looking for papers in data-props "
                f"attributes, or articles with a heading and a paragraph. {_FETCH} If it is in "
                "another format, name that with --format."
            ),
        ),
    ],
)
def test_what_is_tried_first_and_cannot_be_gets_one_line(
    summarise: Command, monkeypatch: pytest.MonkeyPatch, line: str, told: str
) -> None:
    """The whole of it says what happened, and what to type."""
    ollama = PRESETS["ollama"]
    values = {**ollama.values, "base_url": "http://localhost:9/v1"}
    monkeypatch.setitem(PRESETS, "ollama", replace(ollama, values=values))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    Path("a.txt").write_text("Bees\n\nWe count bees by hand, and propose to film them.\n")
    Path("s.toml").write_text('[fields.who]\nknd = "verbatim"\n')
    Path("a.pdf").write_bytes(b"%PDF-1.7 \xe2\xe3")
    Path("a.docx").write_bytes(b"PK\x03\x04\x14\x00")
    Path("a.html").write_text("<html><body><nav>Menu</nav></body></html>")
    refused = summarise(*line.split())
    assert refused.err == f"summarise: {told}\n"
    assert (refused.out, refused.code) == (
        "",
        3 if ": can't be" in told or "stopped" in told else 2,
    )


_OF_RUN = ("table", "report", "methods", "status", "verify")


def test_the_newest_run_is_meant_where_none_is_named(summarise: Command) -> None:
    """``show 2`` says which run it took; a run that is called 2 goes first, and needs a row."""
    absent = "Make one with `summarise run FILE`, or name the folder of a run."
    for command in (("show", 2), *zip(_OF_RUN)):
        told = summarise(*command)
        assert told.err == f"summarise: outputs: there is no run in it. {absent}\n"
        assert told.code == 2
    summarise("run", PAGE, "-o", "outputs/old")
    summarise("run", PAGE, "-o", "outputs/new", "--limit", 2)
    manifest = Path("outputs/old/manifest.json")
    aged = {**json.loads(manifest.read_text()), "updated": "2020-01-01T00:00:00Z"}
    manifest.write_text(json.dumps(aged))
    told = summarise("show", 2)
    assert (told.code, told.err) == (0, "outputs/new, the newest run:\n")
    assert told.out == summarise("show", "outputs/new", 2).out
    for name in _OF_RUN:
        told = summarise(name)
        assert told.err.startswith("outputs/new, the newest run:\n")
        assert told.out == summarise(name, "outputs/new").out
    told = summarise("show", 400)
    assert told.err == (
        "outputs/new, the newest run:\nsummarise: outputs/new: no document has 400 as number or "
        "as id. Rows count from 1 to 2, in the order of the table.\n"
    )
    Path("2").mkdir()
    assert summarise("show", 2).out == summarise("show", "outputs/new", 2).out
    summarise("run", PAGE, "-o", "2")
    told = summarise("show", 2)
    hint = "Add one: `summarise show 2 1` shows the first row."
    assert (told.code, told.err) == (2, f"summarise: 2: no document is named. {hint}\n")


def test_a_shell_completes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its script is printed for each shell, and it is told commands and options."""
    # Else typer asks the system which shell it was started from, and there may be none.
    named = {**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    for shell, sign in (("bash", b"complete -o"), ("zsh", b"compdef"), ("fish", b"--condition")):
        # Not forked: it is settled when the commands are made.
        command = [sys.executable, "-m", "summarise", "--show-completion", shell]
        script = subprocess.run(command, env=named, capture_output=True, check=True)
        assert b"_SUMMARISE_COMPLETE" in script.stdout
        assert sign in script.stdout
    for line, wanted in (("summarise ver", "verify"), ("summarise run --max-c", "--max-calls")):
        words = {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
        env = {**os.environ, "_SUMMARISE_COMPLETE": "complete_bash", **words}
        told = processes.run(env=env)
        assert wanted in told.stdout.decode().split()


def test_help_is_whole_and_has_headings(summarise: Command) -> None:
    """No line of the list of commands is cut; what few need stands below headings of its own."""
    for group in ((), ("cache",), ("batch",), ("prompts",)):
        assert "..." not in summarise(*group, "--help").out.split("Commands:")[1]
    told = summarise("run", "--help").out
    order = ["Arguments:", "Options:", "Model:", "Pace and cost:", "Records and answers:", "Input:"]
    assert [line for line in told.splitlines() if line in order] == order
    assert len(told.split("Options:")[1].split("Model:")[0].strip().splitlines()) <= 12


def test_help_says_no_types_of_python(summarise: Command) -> None:
    """What is given is named, or a TEXT, an N, a PATH; braces mean nothing to who calls it."""
    for command in ("run", "table", "show", "diff", "cache"):
        told = summarise(command, "--help").out
        assert not re.search(r"<\w+|list\[|int range|[{}]", told)
    told = summarise("run", "--help").out
    assert "Usage: summarise run [OPTIONS] INPUT...\n" in told
    assert "\n  INPUT  Files of abstracts" in told
    assert "\n  --limit N" in told
    assert "\n  -o, --output PATH" in told


def test_an_exported_key_alone_spends_nothing(
    summarise: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OPENAI_API_KEY without a model named is not used, nor shown."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted")
    result = summarise("run", PAGE)
    assert "embedded extractor" in result.err
    assert "sk-planted" not in result.out + result.err


def test_a_key_for_another_host_is_not_sent(
    summarise: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exported OpenAI key doesn't go to another server, and the user is told."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted")
    with LoopbackServer() as server:
        result = summarise("run", PAGE, "--model", "m", "--base-url", server.base_url)
        assert all("authorization" not in request.headers for request in server.requests)
    assert result.code == 0
    assert "OPENAI_API_KEY was set for another host" in result.err


def test_why_an_answer_is_not_in_the_cache_is_told(summarise: Command, tmp_path: Path) -> None:
    """Of each document by itself, and how often which reason came."""
    entry = {"title": "Terns", "abstract": "Terns nest here. We count 40 terns in 2 colonies."}
    (tmp_path / "a.jsonl").write_text(json.dumps(entry))
    with LoopbackServer() as server:
        flags = ("run", tmp_path / "a.jsonl", "--model", "m", "--base-url", server.base_url)
        assert summarise(*flags, "-o", tmp_path / "one", "--temperature", "0").code == 0
        asked = ("-o", tmp_path / "two", "--temperature", "0.5", "--explain-cache")
        told = summarise(*flags, *asked).err
    why = "an answer is there by other settings: temperature 0.0 → 0.5"
    assert f"Terns: not in the cache: {why}\n" in told
    assert f"1: {why}\n" in told.partition("1 request not in the cache\n")[2]


def test_json_lines_on_stdout(summarise: Command) -> None:
    """With --json stdout holds the records in input order, then the account, and nothing else."""
    result = summarise("run", PAGE, "--json")
    *records, account = [json.loads(line) for line in result.out.splitlines()]
    titles = [record["title"] for record in records]
    page = PAGE.read_text(encoding="utf-8")
    assert len(records) >= 12
    assert {record["type"] for record in records} == {"record"}
    assert [page.index(title) for title in titles] == sorted(page.index(t) for t in titles)
    assert (account["type"], account["exit_code"], account["stopped"]) == ("summary", 0, None)
    assert account["records"] == account["documents"] == len(records)
    assert (account["run"], account["cost_usd"]) == ("outputs/daily_papers", 0.0)


def test_failures_and_a_stop_in_json(summarise: Command, tmp_path: Path) -> None:
    """What failed stands between the records, with its reason; the account says what stopped it."""
    page = tmp_path / "bees.jsonl"
    for name in "abc":
        text = f"Counting bees of hive {name} is slow. We propose to film them at noon."
        fields = {"id": name, "title": f"Hive {name}", "abstract": text}
        with page.open("a") as file:
            file.write(json.dumps(fields) + "\n")

    def reply(_: int, body: object) -> Reply:
        return status(400, message="no") if "hive b" in str(body) else draft_answer(body)

    line = ("run", page, "--model", "m", "--json")
    with LoopbackServer(reply) as server:
        some = summarise(*line, "--base-url", server.base_url)
    told = [json.loads(line) for line in some.out.splitlines()]
    assert [one["type"] for one in told] == ["record", "failure", "record", "summary"]
    assert (told[1]["doc_id"], told[1]["kind"]) == ("b", "rejected")
    assert (told[3]["failures"], told[3]["exit_code"]) == ({"rejected": 1}, 1)
    assert (told[3]["calls"], told[3]["cost_usd"]) == (2, None)
    assert told[3]["commonest_failure"]["title"] == "Hive b"
    none = summarise(*line, "--base-url", "http://127.0.0.1:9/v1", "-o", "none")
    (account,) = map(json.loads, none.out.splitlines())
    assert (account["run"], account["pending"], account["exit_code"]) == (None, 3, 3)
    assert "can't be reached" in account["stopped"]


def test_stdin(summarise: Command) -> None:
    """`-` reads standard input; two different texts don't end up in one folder."""
    first = summarise("run", "-", stdin=PAGE.read_bytes())
    assert first.code == 0
    assert re.fullmatch(r"outputs.stdin-[0-9a-f]{8}.table\.md\n", first.out)
    page = b"A Title of a Paper\n\nWe study a thing that nobody has studied, and find it is so.\n"
    second = summarise("run", "-", stdin=page)
    assert second.code == 0
    assert second.out != first.out


def test_quiet(summarise: Command) -> None:
    """--quiet prints nothing when all is well."""
    result = summarise("run", PAGE, "--quiet", "--limit", 2)
    assert (result.code, result.out) == (0, "")
    assert result.err == ""


def test_table_and_show(summarise: Command) -> None:
    """`table` prints what the run wrote; `show` finds a document by number, id and title."""
    path = Path(summarise("run", PAGE).out.strip())
    table = summarise("table", path.parent)
    assert (table.code, table.out) == (0, path.read_text(encoding="utf-8"))
    document = json.loads((path.parent / "documents.jsonl").read_text("utf-8").splitlines()[1])
    shown = {summarise("show", path.parent, key).out for key in (2, document["doc_id"])}
    shown.add(summarise("show", path.parent, document["title"][:25].lower()).out)
    assert len(shown) == 1
    assert document["title"][:20] in shown.pop()
    stored = json.loads(summarise("show", path.parent, 2, "--json").out)
    assert stored["doc_id"] == document["doc_id"]


def test_show_fits_80_columns(summarise: Command) -> None:
    """No line of `show` is wider than a terminal of 80 columns."""
    folder = Path(summarise("run", PAGE).out.strip()).parent
    for number in range(1, 13):
        shown = summarise("show", folder, number).out
        assert all(len(line) <= 80 for line in shown.splitlines() if "http" not in line)


class TestBadInput:
    """Each costs one line that says what, where and what to do, with the right exit code."""

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (None, "no such file"),
            (b"", "empty"),
            (b"\x00\x01\x02" * 99, "binary|isn't text"),
            ("Grüße aus Köln. ".encode("latin-1") * 9, "UTF-8"),
            (b"Daily Papers\n\nbyAK and the research community\n\nDec 26\n", "no abstract"),
        ],
    )
    def test_an_input_that_cannot_be_read(
        self, summarise: Command, tmp_path: Path, content: bytes | None, words: str
    ) -> None:
        """No such file, empty, binary, wrong encoding, no abstract: exit 2, no folder is made."""
        path = tmp_path / "in.txt"
        if content is not None:
            path.write_bytes(content)
        result = summarise("run", path)
        assert result.code == 2
        assert is_one_line(result.err)
        assert re.search(words, result.err, re.IGNORECASE)
        assert "in.txt" in result.err
        assert not (tmp_path / "outputs").exists()

    def test_an_unreadable_entry_costs_itself(self, summarise: Command, tmp_path: Path) -> None:
        """A broken line and a tiny abstract are named by file and line; the others live on."""
        good = {"title": "T", "abstract": "We study how things are and find that they are so."}
        lines = [json.dumps({**good, "id": "a"}), "{broken", json.dumps({**good, "id": "b"})]
        lines.append(json.dumps({"id": "c", "title": "T", "abstract": "Too short."}))
        lines.append(json.dumps({"id": "d", "title": "L", "abstract": "A long one. " * 4_000}))
        lines[2] = lines[2].replace("things", "matters")
        (tmp_path / "in.jsonl").write_text("\n".join(lines))
        result = summarise("run", "in.jsonl")
        assert result.code == 1
        assert "summarise: in.jsonl:2: " in result.err
        assert "summarise: in.jsonl:4: " in result.err
        assert "3 documents" in result.err
        assert "3 records, 0 failures" in result.err

    def test_an_unknown_flag_value(self, summarise: Command, tmp_path: Path) -> None:
        """A format, mode or number that can't be used is named with what can."""
        for flags, words in (
            (("--format", "pdf"), "html, "),
            (("--mode", "xml"), "json_schema"),
            (("--concurrency", "0"), "--concurrency"),
            (("--config", "none.toml"), "none.toml"),
            (("--prompt-version", "v99", "--model", "m"), "v1"),
        ):
            result = summarise("run", PAGE, *flags)
            assert result.code == 2
            assert words in result.err
            assert is_one_line(result.err)

    def test_an_unknown_document(self, summarise: Command) -> None:
        """--only with an id that the input doesn't hold is an error, and says where ids stand."""
        result = summarise("run", PAGE, "--only", "nobody")
        assert result.code == 2
        assert "--only: the input holds no document nobody" in result.err

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes all")
    def test_an_unwritable_folder(self, summarise: Command, tmp_path: Path) -> None:
        """An output folder without write permission is refused before anything is read."""
        (tmp_path / "locked").mkdir(mode=0o500)
        result = summarise("run", PAGE, "-o", tmp_path / "locked" / "run")
        assert result.code == 2
        assert is_one_line(result.err)

    def test_an_output_under_a_file(self, summarise: Command, tmp_path: Path) -> None:
        """An output path that can't be made is one line."""
        (tmp_path / "file").write_text("")
        result = summarise("run", PAGE, "-o", tmp_path / "file" / "run")
        assert result.code == 2
        assert is_one_line(result.err)

    def test_a_working_folder_that_is_gone(
        self, summarise: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is named, in one line: it is no bug of ours."""
        (tmp_path / "gone").mkdir()
        monkeypatch.chdir(tmp_path / "gone")
        (tmp_path / "gone").rmdir()
        result = summarise("run", PAGE)
        monkeypatch.chdir(tmp_path)
        assert (result.code, is_one_line(result.err)) == (2, True)
        assert "the folder that you are in: is gone" in result.err

    def test_a_name_that_this_system_cannot_write(self, tmp_path: Path) -> None:
        """Where names of files are ASCII, the line says how to have them in UTF-8."""
        (tmp_path / "pü.txt").write_bytes(PAGE.read_bytes())
        environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
        command = [sys.executable, "-m", "summarise", "run", "pü.txt"]
        told = subprocess.run(
            command, capture_output=True, check=False, env=environment, cwd=tmp_path
        )
        assert (told.returncode, is_one_line(told.stderr.decode())) == (2, True)
        assert b"PYTHONUTF8=1" in told.stderr

    def test_no_identifier(self, summarise: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing to fetch is told; a script would take it for done."""
        monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
        result = summarise("fetch", "-")
        assert (result.code, result.err) == (
            2,
            "summarise: stdin: holds no identifier. Write one a line.\n",
        )

    def test_a_run_directory_of_another_input(self, summarise: Command, tmp_path: Path) -> None:
        """Another input in the same folder is refused, and --append and -o are named."""
        summarise("run", PAGE, "-o", "run")
        (tmp_path / "x.txt").write_text("Other Title\n\n" + "We study quite another thing. " * 5)
        result = summarise("run", "x.txt", "-o", "run")
        assert result.code == 2
        assert is_one_line(result.err)
        assert "-o" in result.err
        assert "--append" in result.err
        assert summarise("run", "x.txt", "-o", "run", "--append").code == 0

    @pytest.mark.parametrize(
        ("script", "words"),
        [
            (lambda *_: status(401, message="bad key"), "key"),
            (lambda *_: status(404, message="model m not found"), "model m not found"),
        ],
    )
    def test_an_endpoint_that_refuses(self, summarise: Command, script: Script, words: str) -> None:
        """A wrong key or an unknown model: one line, exit 3, what to do."""
        with LoopbackServer(script) as server:
            result = summarise("run", PAGE, "--model", "m", "--base-url", server.base_url)
        assert result.code == 3
        stops = [line for line in result.err.splitlines() if "stopped" in line]
        assert len(stops) == 1
        assert words in stops[0]
        assert result.err.endswith(f"{stops[0]}\n")

    def test_an_unreachable_server(self, summarise: Command) -> None:
        """Nobody listening: one line, exit 3, and the base URL is named."""
        result = summarise("run", PAGE, "--model", "m", "--base-url", "http://127.0.0.1:9/v1")
        assert result.code == 3
        assert "127.0.0.1:9" in result.err

    def test_show_of_a_number(self, summarise: Command, tmp_path: Path) -> None:
        """A plain number is a row, whatever ids there are; `id:` says that an id is meant."""
        abstract = "We study how things are and find that they are so, at length and anew"
        ids = ("3", "id:1", "x", "38012345", "0")
        entries = (
            {"id": one, "title": f"Paper of {one}", "abstract": f"{abstract} {n}."}
            for n, one in enumerate(ids)
        )
        (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, entries)))
        summarise("run", "in.jsonl", "-o", "r")
        for wanted, title in (
            *(("3", "x"), ("1", "3"), ("id:3", "3"), ("id:1", "id:1"), ("id:id:1", "id:1")),
            *(("x", "x"), ("38012345", "38012345"), ("0", "0"), ("003", "x"), ("of x", "x")),
        ):
            shown = json.loads(summarise("show", "r", wanted, "--json").out)
            assert shown["title"] == f"Paper of {title}", wanted
        for wanted, words in (
            *(("6", "no document has 6 as number or as id. Rows count from 1 to 5"),),
            *(("00", "no document has 00"), ("9" * 5000, "no document has '999")),
            (
                "paper OF",
                "5 documents have 'paper OF' in the title: 1 (Paper of 3), 2 (Paper of id",
            ),
            ("y", "no document has 'y' as id or in the title"),
        ):
            result = summarise("show", "r", wanted)
            assert result.code == 2
            assert is_one_line(result.err)
            assert words in result.err

    def test_show_of_words(self, summarise: Command, tmp_path: Path) -> None:
        """Several words need no quotes and no order; those that stand together come first."""
        entries = [
            {"title": "Counting Terns from Kites", "doi": "10.9999/Terns", "abstract": "Terns."},
            {"title": "From Kites, Counting Gulls", "arxiv_id": "2310.00426", "abstract": "Gulls."},
            {"title": "Kites Counting", "abstract": "Kites count birds."},
        ]
        for entry in entries:
            entry["abstract"] *= 9
        (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, entries)))
        summarise("run", "in.jsonl", "-o", "r")
        for words, number in (
            *((["counting", "terns"], 0), (["gulls", "kites"], 1), (["KITES", "counting"], 2)),
            *((["doi:10.9999/terns"], 0), (["10.9999/TERNS"], 0), (["arXiv:2310.00426"], 1)),
        ):
            shown = json.loads(summarise("show", "r", *words, "--json").out)
            assert shown["title"] == entries[number]["title"], words
        told = summarise("show", "r", "from", "counting")
        assert told.code == 2
        assert "2 documents have 'from counting' in the title: 1 (Counting Terns" in told.err

    def test_show_of_nothing(self, summarise: Command, tmp_path: Path) -> None:
        """A document or folder that isn't there is one line."""
        folder = Path(summarise("run", PAGE).out.strip()).parent
        for arguments in ((folder, "no such words"), (folder, "a"), (tmp_path, "1")):
            result = summarise("show", *arguments)
            assert result.code == 2
            assert is_one_line(result.err)


def test_tracebacks_only_with_debug(summarise: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --debug an error is a line; with it, an exception with its traceback."""
    assert "Traceback" not in summarise("run", "nowhere.txt").err
    monkeypatch.setattr(sys, "argv", ["summarise", "run", "nowhere.txt", "--debug"])
    with pytest.raises(Exception, match="nowhere"):
        cli.main()


def test_every_command_helps_with_an_example(summarise: Command) -> None:
    """--help of each command shows how it is called."""
    for command in ([], ["run"], ["table"], ["show"], ["schema"]):
        result = summarise(*command, "--help")
        assert result.code == 0
        assert "Example: summarise " in result.out
    assert summarise("--version").out.startswith("summarise ")


def test_the_format_help_names_all_formats(summarise: Command) -> None:
    """The help of --format lists exactly what --format takes."""
    from summarise.readers import FORMATS

    flat = " ".join(summarise("run", "--help").out.split())
    for name in FORMATS:
        assert re.search(rf"--format TEXT [^-]*\b{name}\b[^-]*default: found out", flat)


def test_progress_stays_off_a_pipe(tmp_path: Path) -> None:
    """Where stderr isn't a terminal there is no progress line and no control character."""
    result = processes.run("run", PAGE, "-o", tmp_path / "r")
    assert result.returncode == 0
    assert b"\r" not in result.stderr.replace(b"\r\n", b"\n")
    assert b"\x1b" not in result.stderr


def test_settings_come_from_the_file(summarise: Command, tmp_path: Path) -> None:
    """summarise.toml in the working directory names the model and the server."""
    with LoopbackServer(lambda _, body: draft_answer(body)) as server:
        (tmp_path / "summarise.toml").write_text(
            f'model = "from-file"\nbase_url = "{server.base_url}"\n'
        )
        result = summarise("run", PAGE, "--limit", 1)
        assert server.requests[0].body["model"] == "from-file"
    assert "Made by from-file" in result.err


def test_inspect_names_each_entry(summarise: Command, tmp_path: Path) -> None:
    """File, line and what became of it; then the account. Nothing is written."""
    good = {"title": "Copper", "abstract": "Copper nets cut training time by 40% on LoomSet."}
    read = [json.dumps({**good, "id": "a"}), '{"title": "Tin"}', json.dumps(good), "nonsense"]
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join(read), "utf-8")
    result = summarise("inspect", path)
    assert result.code == 1
    *entries, account = result.out.splitlines()
    assert entries == [
        "x.jsonl:1: Copper [a]",
        "x.jsonl:2: no abstract: “Tin” has no abstract",
        "x.jsonl:3: duplicate: the same title and abstract as line 1",
        "x.jsonl:4: unreadable: broken JSON at line 4, column 1: expecting value",
    ]
    assert account.endswith(
        "4 entries = 1 document + 1 without an abstract + 1 duplicate + 1 unreadable"
    )
    assert [one.name for one in tmp_path.iterdir()] == ["x.jsonl"]
    told = [json.loads(line) for line in summarise("inspect", path, "--json").out.splitlines()]
    assert told[0]["doc_id"] == "a"
    assert told[1]["kind"] == "no_abstract"
    assert told[-1]["entries"] == {
        "document": 1,
        "no_abstract": 1,
        "duplicate": 1,
        "unreadable": 1,
    }


def test_a_command_that_is_stopped_while_it_loads_leaves_quietly() -> None:
    """By Ctrl-C, before there is anything that could tell of it: with the exit code of that."""
    code = """
import sys
from summarise.__main__ import main

class Stop:
    def find_spec(self, name, *_):
        if name == "summarise.cli":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Stop())
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_a_command_looks_for_cycles_seldom() -> None:
    """Not once a record, as Python does by itself, and at its end in next to nothing."""
    code = (
        "import atexit, gc, sys; from summarise.__main__ import main; sys.argv[1:] = ['--version'];"
        " usual = gc.get_threshold()[0]; tell = lambda: print("
        "gc.get_threshold()[0] // usual, gc.get_freeze_count(), len(gc.get_objects())); "
        "atexit.register(tell); main()"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    times, kept, looked_through = map(int, shown.stdout.split()[-3:])
    assert times >= 10
    assert kept > 100 * looked_through
