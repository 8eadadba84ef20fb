"""Tables of requests of any size, decided by a cluster of Spark.

>>> from pyspark.sql import SparkSession
>>> import iameval.spark
>>> spark = SparkSession.builder.master("local[1]").getOrCreate()
>>> world = iameval.World.example("force-mfa")
>>> requests = spark.createDataFrame([("john.doe", "s3:ListAllMyBuckets", False)], "principal string, action string, mfa boolean")
>>> iameval.spark.decide(requests, world).select("decision", "layer").first()
Row(decision='explicit_deny', layer='identity')

Spark is not installed with this package: ``pip install "pyspark[sql]"`` brings it with pyarrow and pandas, which it needs.
"""

from __future__ import annotations

import functools
import pickle

# Importing `typing` takes as long as everything else together.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    import pyarrow
    from pyspark.sql import DataFrame

    from ._iameval import PolicySet, Table, World

__all__ = ["decide"]


def decide(df: DataFrame, world: World | PolicySet, *, policies: PolicySet | None = None) -> DataFrame:
    """Decides a data frame of requests: a row for each, by the workers of its cluster.

    The columns of a request are those of ``World.decide_batch``: ``principal``, ``action``, ``resource``, ``resource_account``,
    ``endpoint``, ``mfa`` and ``context``, a map or a struct. All other columns come back as they are, and beside them ``decision``,
    ``layer``, ``policy``, ``statement``, ``undecided`` and ``error``. A row that cannot be decided has the reason in ``error`` and
    nulls in the others. What is wrong with a column as a whole is a ``TableError``, before anything is run.

    The world, or a set of policies in its place, is broadcast as the texts that it was read from, so that workers need none of its
    files; each process of Python there reads it once. Workers need this package and pyarrow.

    Nothing is decided before the result is asked for, as with any transformation.
    """
    try:
        from pyspark.sql.types import ArrayType, StringType, StructField, StructType
    except ImportError as error:
        raise ImportError("iameval.spark needs Spark: `pip install 'pyspark[sql]'`") from error
    if not hasattr(df, "mapInArrow"):
        raise TypeError(f"argument 'df': must be a DataFrame of Spark, not {type(df).__name__}")

    ask = _Ask(world, policies)
    # What is wrong with a column is known without a row.
    names = ask(df.limit(0).toArrow()).column_names
    texts = [StructField(name, StringType()) for name in ("decision", "layer", "policy", "statement")]
    undecided = StructField("undecided", ArrayType(StringType()))
    kept = [field for field in df.schema if field.name in names]
    schema = StructType([*kept, *texts, undecided, StructField("error", StringType())])

    session = df.sparkSession
    held: Callable[[], _Ask]
    if hasattr(session, "sparkContext"):
        # A process of Python keeps what was broadcast.
        held = functools.partial(getattr, session.sparkContext.broadcast(ask), "value")
    else:
        # A client of Spark Connect cannot broadcast: there it comes with the code of the tasks.
        held = functools.partial(_read, pickle.dumps(ask))

    def decided(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        ask = held()
        for batch in batches:
            yield from ask(batch).to_pyarrow().to_batches()

    return df.mapInArrow(decided, schema)


class _Ask:
    """Who is asked, as it is sent to the workers."""

    def __init__(self, world: World | PolicySet, policies: PolicySet | None) -> None:
        self._world = world
        self._beside: dict[str, Any] = {} if policies is None else {"policies": policies}

    def __call__(self, rows: pyarrow.Table | pyarrow.RecordBatch) -> Table:
        return self._world.decide_batch(rows, keep="*", errors="column", **self._beside)


@functools.lru_cache(maxsize=4)
def _read(sent: bytes) -> _Ask:
    """What a task was sent, and the next task of the same process is sent again."""
    asked: _Ask = pickle.loads(sent)
    return asked
