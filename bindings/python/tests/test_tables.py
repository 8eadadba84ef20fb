"""Tables of requests, of pyarrow, Polars and DuckDB: decided as if each row were asked alone, or refused with row and column."""

import datetime
import pickle
import threading
import time
from typing import Any, Callable, Dict, List, Optional

import iameval
import pytest
from iameval import PolicySet, QuestionError, TableError, World

duckdb = pytest.importorskip("duckdb", reason="DuckDB has no wheel for this Python")
polars = pytest.importorskip("polars", reason="Polars has no wheel for this Python")
pa = pytest.importorskip("pyarrow", reason="pyarrow has no wheel for this Python")

UTC = datetime.timezone.utc
OBJECT = "arn:aws:s3:::reports/may.csv"
READ = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/*"},
        {
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        },
        {
            "Sid": "Tags",
            "Effect": "Allow",
            "Action": "ec2:CreateTags",
            "Resource": "*",
            "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage"]}},
        },
    ],
}
WORLD = World.from_json(
    {
        "version": 1,
        "account": "123456789012",
        "policies": {"reader": READ},
        "principals": {
            "ana": {"user": "ana", "policies": ["reader"]},
            "bob": {"user": "bob", "policies": ["aws:AdministratorAccess"]},
        },
    }
)
ALONE = PolicySet(identity=READ)

ROWS: List[Dict[str, Any]] = [
    {"principal": principal, "action": action, "resource": resource, "mfa": mfa, "context": context}
    for principal in ("ana", "bob")
    for action, resource in [("s3:GetObject", OBJECT), ("s3:PutObject", OBJECT), ("ec2:CreateTags", "*")]
    for mfa in (None, True, False)
    for context in [
        None,
        {"aws:SourceIp": "203.0.113.7", "aws:TagKeys": None},
        {"aws:SourceIp": "8.8.8.8", "aws:TagKeys": ["team"]},
        {"aws:SourceIp": "203.0.113.7", "aws:TagKeys": ["team", "cost"]},
    ]
]
ADDED = ("decision", "layer", "policy", "statement", "undecided")


def asked_alone(world: World, row: Dict[str, Any]) -> Dict[str, Any]:
    """What a row of the result says, from `simulate`."""
    named = {name: row[name] for name in ("principal", "resource") if row.get(name) is not None}
    if row.get("mfa") is not None:
        named["mfa"] = row["mfa"]
    context = {key: value for key, value in (row.get("context") or {}).items() if value is not None}
    answer = world.simulate(row["action"], context=context, **named)
    first = answer.statements[0] if answer.statements else None
    return {
        "decision": answer.decision.value,
        "layer": answer.layer,
        "policy": first.policy if first else None,
        "statement": (first.sid or f"#{first.index + 1}") if first else None,
        "undecided": list(answer.undecided),
    }


EXPECTED = [asked_alone(WORLD, row) for row in ROWS]

CONTEXT = pa.struct([("aws:SourceIp", pa.string()), ("aws:TagKeys", pa.list_(pa.string()))])
SCHEMA = pa.schema(
    [
        ("principal", pa.string()),
        ("action", pa.string()),
        ("resource", pa.string()),
        ("mfa", pa.bool_()),
        ("context", CONTEXT),
    ]
)
TABLE = pa.Table.from_pylist(ROWS, schema=SCHEMA)


def with_type(name: str, to: Any) -> Any:
    return TABLE.set_column(TABLE.column_names.index(name), name, TABLE[name].cast(to))


def with_types(to: Any) -> Any:
    table = TABLE
    for name in ("principal", "action", "resource"):
        table = table.set_column(table.column_names.index(name), name, table[name].cast(to))
    return table


def with_dictionaries(table: Any) -> Any:
    for name in ("principal", "action", "resource"):
        table = table.set_column(table.column_names.index(name), name, table[name].dictionary_encode())
    return table


def chunked() -> Any:
    return pa.concat_tables([TABLE.slice(0, 5), TABLE.slice(5, 0), TABLE.slice(5, 30), TABLE.slice(35)])


def with_maps() -> Any:
    maps = [
        None
        if row["context"] is None
        else [
            (key, [value] if isinstance(value, str) else value)
            for key, value in row["context"].items()
            if value is not None
        ]
        for row in ROWS
    ]
    array = pa.array(maps, pa.map_(pa.string(), pa.list_(pa.string())))
    return TABLE.set_column(TABLE.column_names.index("context"), "context", array)


def in_polars() -> Any:
    return polars.DataFrame(ROWS, schema_overrides={"mfa": polars.Boolean})


def with_entries_in_polars() -> Any:
    """As Polars, which has no maps, has them."""
    entries = [
        None
        if row["context"] is None
        else [
            {"key": key, "value": [value] if isinstance(value, str) else value}
            for key, value in row["context"].items()
            if value is not None
        ]
        for row in ROWS
    ]
    return in_polars().with_columns(context=polars.Series(entries))


def with_categories_in_polars() -> Any:
    names = ("principal", "action", "resource")
    actions = polars.Enum(sorted({row["action"] for row in ROWS}))
    return in_polars().with_columns(*(polars.col(name).cast(polars.Categorical) for name in names)).with_columns(
        polars.col("action").cast(actions)
    )


def in_duckdb(select: str = "SELECT * FROM requests") -> Any:
    duckdb.register("requests", TABLE)
    return duckdb.sql(select)


MAP_IN_DUCKDB = """
    SELECT * REPLACE (CASE WHEN context IS NULL THEN NULL WHEN context['aws:TagKeys'] IS NULL
        THEN MAP {'aws:SourceIp': [context['aws:SourceIp']]}
        ELSE MAP {'aws:SourceIp': [context['aws:SourceIp']], 'aws:TagKeys': context['aws:TagKeys']} END AS context)
    FROM requests"""

#: Views of texts are taken from pyarrow since that version: pyarrow 21 ended the process on Python 3.9.
SINCE_22 = int(pa.__version__.split(".")[0]) >= 22

TABLES: Dict[str, Callable[[], Any]] = {
    "pyarrow": lambda: TABLE,
    "large strings": lambda: with_types(pa.large_string()),
    **({"string views": lambda: with_types(pa.string_view())} if SINCE_22 else {}),
    "dictionaries": lambda: with_dictionaries(TABLE),
    "dictionaries of large strings": lambda: with_dictionaries(with_types(pa.large_string())),
    "chunks": chunked,
    "chunks with dictionaries of their own": lambda: with_dictionaries(chunked()),
    "a slice": lambda: pa.concat_tables([TABLE.slice(7), TABLE]).slice(len(ROWS) - 7),
    "one batch": lambda: TABLE.combine_chunks().to_batches()[0],
    "a reader": lambda: pa.RecordBatchReader.from_batches(TABLE.schema, chunked().to_batches()),
    "maps": with_maps,
    "Polars": in_polars,
    "Polars, lazy": lambda: in_polars().lazy().collect(),
    "Polars, categories": with_categories_in_polars,
    "Polars, entries": with_entries_in_polars,
    "DuckDB": in_duckdb,
    "DuckDB, maps": lambda: in_duckdb(MAP_IN_DUCKDB),
    "DuckDB, as a table": lambda: in_duckdb().to_arrow_table(),
    "decided before": lambda: WORLD.decide_batch(
        TABLE.select(["principal", "action", "resource", "mfa", "context"]), keep=list(TABLE.column_names)
    ).to_pyarrow().select(TABLE.column_names),
}


@pytest.mark.parametrize("name", TABLES)
def test_rows_are_decided_as_if_they_were_asked_alone(name: str) -> None:
    decided = WORLD.decide_batch(TABLES[name]())
    assert len(decided) == len(ROWS)
    assert decided.column_names == ADDED
    assert decided.to_pyarrow().to_pylist() == EXPECTED


def test_the_cases_tell_tables_apart() -> None:
    assert {row["decision"] for row in EXPECTED} == {"allowed", "explicit_deny", "implicit_deny"}
    assert any(row["undecided"] for row in EXPECTED)


def test_results_are_read_by_all() -> None:
    decided = WORLD.decide_batch(TABLE)
    assert polars.DataFrame(decided).to_dicts() == EXPECTED
    assert decided.to_polars().to_dicts() == EXPECTED
    connection = duckdb.connect()
    connection.register("decided", decided.to_pyarrow())
    counted = connection.sql("SELECT decision, count(*) FROM decided GROUP BY ALL").fetchall()
    assert sum(count for _, count in counted) == len(ROWS)
    assert pa.RecordBatchReader.from_stream(decided).schema == decided.to_pyarrow().schema


def test_a_list_of_one_is_the_value_of_a_key_that_has_one() -> None:
    """All values of a map have one type; a Deny must not be missed because of it."""
    kind = pa.map_(pa.string(), pa.list_(pa.string()))
    for given in (pa.array([[("aws:SourceIp", ["8.8.8.8"])]], kind), pa.array([{"aws:SourceIp": ["8.8.8.8"]}])):
        decided = ALONE.decide_batch(columns(context=given)).to_pyarrow()
        assert decided.column("decision").to_pylist() == ["explicit_deny"]


def test_policies_alone_and_beside_a_world() -> None:
    table = TABLE.drop_columns(["principal"])
    decided = ALONE.decide_batch(table).to_pyarrow().column("decision").to_pylist()
    alone = [ALONE.simulate(row["action"], **asked(row)).decision.value for row in ROWS]
    assert decided == alone
    boundary = PolicySet(boundary={"Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}})
    decided = WORLD.decide_batch(TABLE, policies=boundary).to_pyarrow().column("layer").to_pylist()
    assert "boundary" in decided


def asked(row: Dict[str, Any]) -> Dict[str, Any]:
    context = {key: value for key, value in (row["context"] or {}).items() if value is not None}
    named = {} if row["mfa"] is None else {"mfa": row["mfa"]}
    return {"resource": row["resource"], "context": context, **named}


def when(operator: str, key: str, value: str) -> PolicySet:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {operator: {key: value}}}
    return PolicySet(identity={"Version": "2012-10-17", "Statement": statement})


DAYS = [datetime.date(2026, 11, 30), datetime.date(1969, 12, 31)]
BERLIN = datetime.timezone(datetime.timedelta(hours=2))


@pytest.mark.parametrize(
    "key, values, texts, kind",
    [
        ("aws:PrincipalTag/n", [1, -7, 2**62], ["1", "-7", str(2**62)], "int64"),
        ("aws:PrincipalTag/n", [1, 7], ["1", "7"], "uint8"),
        ("aws:PrincipalTag/n", [0.25, 5.0, 1e16, -0.0, 1e30], ["0.25", "5", f"{10**16}", "-0", f"1{'0' * 30}"], "float64"),
        ("aws:SecureTransport", [True, False], ["true", "false"], "bool_"),
        ("aws:PrincipalTag/until", DAYS, ["2026-11-30", "1969-12-31"], "date32"),
        ("aws:PrincipalTag/until", DAYS, ["2026-11-30", "1969-12-31"], "date64"),
        (
            "aws:CurrentTime",
            [
                datetime.datetime(2026, 11, 30, 12, tzinfo=UTC),
                datetime.datetime(2026, 11, 30, 14, 30, 1, 999_000, tzinfo=BERLIN),
                datetime.datetime(1969, 12, 31, 23, 59, 59, 1_000, tzinfo=UTC),
                datetime.datetime(1, 1, 1, tzinfo=UTC),
                datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
            ],
            [
                "2026-11-30T12:00:00Z",
                "2026-11-30T12:30:01.999Z",
                "1969-12-31T23:59:59.001Z",
                "0001-01-01T00:00:00Z",
                "9999-12-31T23:59:59Z",
            ],
            "timestamp",
        ),
    ],
)
def test_values_mean_what_those_of_python_do(key: str, values: List[Any], texts: List[str], kind: str) -> None:
    kinds = [pa.timestamp(unit, "UTC") for unit in ("ms", "us")] if kind == "timestamp" else [getattr(pa, kind)()]
    for arrow in kinds:
        array = pa.array(values, arrow)
        # Each value as a text that a policy has, so that one that is written otherwise is not equal.
        context = pa.StructArray.from_arrays([array], [key])
        table = pa.table({"action": ["s3:ListAllMyBuckets"] * len(values), "resource": ["*"] * len(values), "context": context})
        for number, (value, text) in enumerate(zip(values, texts)):
            # As a text, so that one that is written otherwise is not equal.
            policies = when("StringEquals", key, text)
            decided = policies.decide_batch(table).to_pyarrow().column("decision").to_pylist()
            alone = [
                policies.decide("s3:ListAllMyBuckets", resource="*", context={key: other}).value for other in values
            ]
            assert decided == alone, (value, arrow)
            assert decided[number] == "allowed", (value, arrow)


def columns(**named: Any) -> Any:
    rows = max(len(values) for values in named.values())
    return pa.table({"action": pa.array(["s3:GetObject"] * rows), "resource": pa.array(["*"] * rows), **named})


def context(key: str, values: Any) -> Any:
    return pa.StructArray.from_arrays([values], [key])


def key_map(*entries: Any) -> Any:
    return pa.array([list(entry) for entry in entries], pa.map_(pa.string(), pa.string()))


BAD: Dict[str, Any] = {
    "a null action": (columns(action=["s3:GetObject", None]), 1, "action", "null"),
    "nulls as actions": (columns(action=pa.nulls(2)), None, "action", "no values"),
    "bytes as actions": (columns(action=pa.array([b"s3:GetObject"])), None, "action", "Binary"),
    "numbers as actions": (columns(action=[1, 2]), None, "action", "cast them to text"),
    "numbers as principals": (columns(principal=[1, 2]), None, "principal", "cast them to text"),
    "a pattern": (columns(action=["s3:GetObject", "s3:*"]), 1, "action", "pattern"),
    "no action": (columns(action=["s3:GetObject", "list buckets"]), 1, "action", "list buckets"),
    "an unknown principal": (columns(principal=["ana", "cy"]), 1, "principal", "cy"),
    "a wrong account": (columns(resource_account=["12"]), 0, "resource_account", "123456789012"),
    "a wrong mfa": (columns(mfa=["true", "absent", "perhaps"]), 2, "mfa", "perhaps"),
    "an unknown endpoint": (columns(endpoint=["vpce-1"]), 0, "endpoint", "vpce-1"),
    "a column too many": (columns(resouce=["*"]), None, "resouce", "did you mean `resource`"),
    "a column for later": (columns(event=["1"]), None, "event", "keep it"),
    "no column of actions": (pa.table({"resource": ["*"]}), None, None, "no column `action`"),
    "a column twice": (
        pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["action", "action"]),
        None,
        "action",
        "twice",
    ),
    "a context as text": (columns(context=["{}"]), None, "context", "a struct or a map"),
    "a nested context": (
        columns(context=[{"aws:TagKeys": {"of": "x"}}]),
        None,
        "context.aws:TagKeys",
        "a context key has a value",
    ),
    "a list of lists": (columns(context=[{"aws:TagKeys": [["x"]]}]), 0, "context.aws:TagKeys", "list of lists"),
    "a list with a null": (
        columns(context=[{"aws:TagKeys": ["x"]}, {"aws:TagKeys": ["x", None]}]),
        1,
        "context.aws:TagKeys",
        "null",
    ),
    "bytes": (columns(context=context("aws:SourceIp", pa.array([b"x"]))), None, "context.aws:SourceIp", "decode"),
    "NaN": (columns(context=context("s3:max-keys", pa.array([1.0, float("nan")]))), 1, "context.s3:max-keys", "NaN"),
    "infinity": (columns(context=context("s3:max-keys", pa.array([float("-inf")]))), 0, "context.s3:max-keys", "infinite"),
    "no time zone": (
        columns(context=context("aws:CurrentTime", pa.array([datetime.datetime(2026, 1, 1)]))),
        0,
        "context.aws:CurrentTime",
        "time zone",
    ),
    "an unknown key": (columns(context=[{"aws:SorceIp": None}, {"aws:SorceIp": "::1"}]), 1, "context", "aws:SourceIp"),
    "an unknown key in a map": (columns(context=key_map([], [("aws:SorceIp", "::1")])), 1, "context", "aws:SourceIp"),
    "a key twice": (
        columns(context=key_map([("aws:SourceIp", "::1"), ("AWS:sourceip", "::2")])),
        0,
        "context.AWS:sourceip",
        "twice",
    ),
    "a member twice": (columns(context=[{"aws:SourceIp": "x", "AWS:sourceip": "y"}]), None, "context", "one context key"),
    "an empty key": (columns(context=key_map([("", "x")])), 0, "context", "empty"),
    "mfa and its key": (
        columns(mfa=[True], context=[{"aws:MultiFactorAuthPresent": "true"}]),
        0,
        "mfa",
        "set the same thing",
    ),
    "decimals": (
        columns(context=context("s3:max-keys", pa.array([1], pa.decimal128(5, 1)))),
        None,
        "context.s3:max-keys",
        "cast them",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_told_with_row_and_column(name: str) -> None:
    table, row, column, says = BAD[name]
    with pytest.raises(TableError) as caught:
        WORLD.decide_batch(table) if "principal" in table.column_names else ALONE.decide_batch(table)
    error = caught.value
    assert (error.row, error.name) == (row, column), str(error)
    assert says in str(error)
    assert isinstance(error, QuestionError) and error.code and error.message in str(error)
    if row is not None:
        assert str(error).startswith(f"row {row}, column `{column}`: ")
    assert error.findings


@pytest.mark.parametrize("name", [name for name, (_, row, _, _) in BAD.items() if row is not None])
def test_bad_rows_have_the_reason_in_a_column(name: str) -> None:
    table, row, _, says = BAD[name]
    decide = WORLD.decide_batch if "principal" in table.column_names else ALONE.decide_batch
    decided = decide(table, errors="column").to_pyarrow()
    assert decided.num_rows == table.num_rows
    for number, result in enumerate(decided.to_pylist()):
        if number == row:
            assert says in result.pop("error") and set(result.values()) == {None}
        else:
            assert result["error"] is None and result["decision"] is not None


def test_rows_are_counted_over_all_batches() -> None:
    bad = columns(action=["s3:GetObject", "s3:GetObject"])
    with pytest.raises(TableError) as caught:
        ALONE.decide_batch(pa.concat_tables([bad, bad, columns(action=["s3:GetObject", None])]))
    assert caught.value.row == 5


@pytest.mark.parametrize("given", [[], {"action": ["s3:GetObject"]}, "table", None, 1])
def test_what_is_no_table_is_refused(given: Any) -> None:
    with pytest.raises(TypeError, match="argument 'table': must be a table of Arrow"):
        ALONE.decide_batch(given)


@pytest.mark.parametrize("arguments", [{"keep": 1}, {"keep": [1]}, {"errors": True}])
def test_arguments_of_other_types_are_refused(arguments: Dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=f"argument '{next(iter(arguments))}'"):
        ALONE.decide_batch(TABLE, **arguments)


def test_other_words_for_errors_are_refused() -> None:
    with pytest.raises(ValueError, match="must be \"raise\" or \"column\""):
        ALONE.decide_batch(TABLE, errors="ignore")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("table", [TABLE.slice(0, 0), TABLE.schema.empty_table(), pa.table({"action": pa.array([], pa.string())})])
def test_a_table_without_rows(table: Any) -> None:
    asked = ALONE if table.num_columns == 1 else WORLD
    with pytest.raises(TableError, match="^the table has no rows$"):
        asked.decide_batch(table)
    decided = asked.decide_batch(table, errors="column")
    assert len(decided) == 0
    assert decided.column_names[:5] == ADDED
    assert str(decided) == f"<Table of 0 rows: {', '.join(decided.column_names)}>"
    with pytest.raises(TableError):
        ALONE.decide_batch(table.rename_columns([f"{name}_" for name in table.column_names]))


@pytest.mark.parametrize(
    "keep, columns",
    [
        (None, None),
        ("id", ["id"]),
        (["at", "id"], ["id", "at"]),
        ("*", ["id", "at", "raw"]),
        (("action", "raw"), ["action", "raw"]),
    ],
)
def test_columns_are_kept(keep: Any, columns: Optional[List[str]]) -> None:
    table = pa.table(
        {
            "id": [1, 2],
            "action": ["s3:GetObject", "s3:PutObject"],
            "at": pa.array([0, 1], pa.timestamp("us")),
            "resource": [OBJECT] * 2,
            "raw": [b"x", None],
        }
    )
    if keep == ("action", "raw"):
        table = table.drop_columns(["id", "at"])
    if keep in ("id", None):
        table = table.drop_columns(["at", "raw"] + (["id"] if keep is None else []))
    if keep == ["at", "id"]:
        table = table.drop_columns(["raw"])
    decided = ALONE.decide_batch(table, keep=keep).to_pyarrow()
    kept = columns or []
    assert decided.column_names == [*kept, *ADDED]
    assert decided.select(kept) == table.select(kept)


def test_columns_that_cannot_be_kept() -> None:
    with pytest.raises(TableError, match="does not have it") as caught:
        ALONE.decide_batch(columns(principal=[None]), keep="id")
    assert caught.value.name == "id"
    with pytest.raises(TableError, match="a column of the result has that name"):
        ALONE.decide_batch(columns(decision=["allowed"]), keep="*")


def test_threads_decide_at_the_same_time() -> None:
    """Another thread runs while a table is decided: the interpreter's lock is released."""
    rows = 200_000
    table = pa.table(
        {
            "action": ["s3:GetObject"] * rows,
            "resource": [f"arn:aws:s3:::reports/{number}" for number in range(rows)],
        }
    )
    began, ended, ticks = threading.Event(), threading.Event(), 0

    def decide() -> None:
        began.set()
        ALONE.decide_batch(table)
        ended.set()

    thread = threading.Thread(target=decide)
    thread.start()
    began.wait()
    while not ended.is_set():
        time.sleep(0.001)
        ticks += 1
    thread.join()
    assert ticks > 5


def test_threads_share_a_world() -> None:
    found: List[List[Dict[str, Any]]] = []
    threads = [
        threading.Thread(target=lambda: found.append(WORLD.decide_batch(TABLE).to_pyarrow().to_pylist()))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [EXPECTED] * 4


def test_results_are_tables_of_iameval() -> None:
    assert isinstance(ALONE.decide_batch(TABLE.drop_columns(["principal"])), iameval.Table)


@pytest.mark.skipif(SINCE_22, reason="pyarrow is new enough")
def test_views_of_old_versions_of_pyarrow_are_refused() -> None:
    with pytest.raises(ValueError, match="cast it to `string`"):
        WORLD.decide_batch(with_types(pa.string_view()))
