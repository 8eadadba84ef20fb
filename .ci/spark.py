"""Decides tables of a million requests: in this process, through DuckDB and Polars, and on clusters of Spark, of which workers are
killed, and through Spark Connect. What every one of them says must be equal. Prints how long each took.

    spark.py FOLDER
"""

import argparse
import contextlib
import doctest
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time

import duckdb
import iameval
import iameval.spark
import polars
import pyarrow
import pyarrow.parquet
import pyspark
from pyspark.sql import SparkSession

ROWS = 1_000_000
FILES = 16
USERS = 50
#: The most that anything may take to begin, in seconds.
PATIENCE = 120


def policies(user: int) -> list:
    """What a user may do: read an own bucket from the office, and one thing with tags; nothing without a second factor."""
    bucket = f"arn:aws:s3:::bucket-{user % 20}"
    return [
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Sid": "List", "Effect": "Allow", "Action": ["s3:List*", "s3:GetBucket*"], "Resource": bucket},
                {
                    "Sid": "Read",
                    "Effect": "Allow",
                    "Action": ["s3:Get*", "s3:PutObject"],
                    "Resource": bucket + "/*",
                    "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}},
                },
                {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": bucket + "/keep/*"},
            ],
        },
        "mfa",
        "aws:AmazonSQSReadOnlyAccess",
    ]


def world(folder: pathlib.Path) -> iameval.World:
    """A world of several files, which no worker has."""
    deny = {
        "Sid": "Mfa",
        "Effect": "Deny",
        "NotAction": ["iam:*", "sts:*", "s3:*"],
        "Resource": "*",
        "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    }
    folder.mkdir()
    (folder / "mfa.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": deny}))
    common = {"version": 1, "account": "123456789012", "policies": {"mfa": "./mfa.json"}}
    (folder / "common.json").write_text(json.dumps(common))
    users = {f"user-{user}": {"user": f"user-{user}", "policies": policies(user)} for user in range(USERS)}
    (folder / "world.json").write_text(json.dumps({"version": 1, "use": ["./common.json"], "principals": users}))
    loaded = iameval.World.load(folder / "world.json")
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    return loaded


def requests(distinct: int) -> pyarrow.Table:
    """A million requests, of which so many are distinct."""
    actions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "sqs:ListQueues"]
    numbers = [(row * 7919) % distinct for row in range(ROWS)]
    kind = pyarrow.map_(pyarrow.string(), pyarrow.string())
    office, elsewhere = [("aws:SourceIp", "203.0.113.7")], [("aws:SourceIp", "198.51.100.9")]
    return pyarrow.table(
        {
            "id": pyarrow.array(range(ROWS), pyarrow.int64()),
            "principal": [f"user-{number % USERS}" for number in numbers],
            "action": [actions[number // 3 % len(actions)] for number in numbers],
            "resource": [
                f"arn:aws:s3:::bucket-{number // 11 % 20}/{'keep' if number % 13 == 0 else 'own'}/{number}"
                if number // 3 % len(actions) < 3
                else ("*" if number // 3 % len(actions) == 4 else f"arn:aws:s3:::bucket-{number // 11 % 20}")
                for number in numbers
            ],
            "mfa": [number % 2 == 0 for number in numbers],
            "context": pyarrow.array([office if number % 5 else elsewhere for number in numbers], kind),
        }
    )


def write(table: pyarrow.Table, folder: pathlib.Path) -> pathlib.Path:
    folder.mkdir()
    size = table.num_rows // FILES
    for file in range(FILES):
        part = table.slice(file * size, size if file < FILES - 1 else None)
        pyarrow.parquet.write_table(part, folder / f"{file}.parquet")
    return folder


class Process:
    """A process as it is now."""

    def __init__(self, folder: pathlib.Path) -> None:
        # The name of the program, in brackets, may have blanks in it.
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        self.pid, self.parent = int(folder.name), int(fields[1])
        #: With those of its children that have ended.
        self.used = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
        self.command = (folder / "cmdline").read_bytes().decode(errors="replace")


def below(pid: int) -> list:
    """The processes below one."""
    found = []
    for folder in pathlib.Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit():
                found.append(Process(folder))
    parents, all = [pid], []
    while parents:
        parent = parents.pop()
        children = [process for process in found if process.parent == parent]
        all += children
        parents += [child.pid for child in children]
    return all


def processor_time() -> float:
    """The seconds of processors that this process and all below it have used."""
    return sum(process.used for process in [Process(pathlib.Path("/proc/self").resolve()), *below(os.getpid())])


class Timed:
    """Prints how long something took, and what it cost: other work on the machine makes the one longer and not the other."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> "Timed":
        self.began, self.used = time.perf_counter(), processor_time()
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        if kind is None:
            took, cost = time.perf_counter() - self.began, processor_time() - self.used
            print(f"{self.what}: {took:.2f} s; {cost:.2f} s of processors, {ROWS / cost:,.0f} rows each", flush=True)


def same(found: pyarrow.Table, expected: pyarrow.Table, who: str) -> None:
    """That a result is complete and right, whatever the order of its rows."""
    assert found.num_rows == expected.num_rows, f"{who}: {found.num_rows} rows of {expected.num_rows}"
    found = found.select(expected.column_names).cast(expected.schema).sort_by("id")
    assert found.equals(expected), f"{who}: another result"


def in_this_process(table: pyarrow.Table, world: iameval.World, name: str) -> pyarrow.Table:
    with Timed(f"decide_batch, {name}"):
        decided = world.decide_batch(table, keep="*", errors="column")
    return decided.to_pyarrow()


def by_others(folder: pathlib.Path, world: iameval.World, expected: pyarrow.Table) -> None:
    with Timed("DuckDB, from Parquet"):
        rows = duckdb.sql(f"SELECT * FROM '{folder}/*.parquet'")
        decided = world.decide_batch(rows, keep="*", errors="column").to_pyarrow()
        counted = duckdb.sql("SELECT decision, count(*) FROM decided GROUP BY ALL").fetchall()
    assert sum(count for _, count in counted) == ROWS
    same(decided, expected, "DuckDB")
    with Timed("Polars, from Parquet"):
        rows = polars.read_parquet(f"{folder}/*.parquet")
        frame = world.decide_batch(rows, keep="*", errors="column").to_polars()
        frame["decision"].value_counts()
    same(pyarrow.table(frame), expected, "Polars")


def session(master: str, folder: pathlib.Path, **settings: str) -> SparkSession:
    builder = SparkSession.builder.master(master).appName("iameval")
    fixed = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.executor.memory": "512m",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.local.dir": str(folder / "scratch"),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.files.maxPartitionBytes": "1m",
        "spark.sql.files.openCostInBytes": "1m",
    }
    for name, value in {**fixed, **settings}.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def as_it_is(batches):
    yield from batches


def run(df) -> None:
    """Everything is worked out, and nothing is written."""
    df.write.format("noop").mode("overwrite").save()


def on_spark(spark: SparkSession, folder: pathlib.Path, world: iameval.World, expected: pyarrow.Table, name: str) -> None:
    rows = spark.read.parquet(str(folder))
    assert rows.rdd.getNumPartitions() >= FILES
    run(rows.limit(10).mapInArrow(as_it_is, rows.schema))
    with Timed(f"Spark, mapInArrow that does nothing, {name}"):
        run(rows.mapInArrow(as_it_is, rows.schema))
    decided = iameval.spark.decide(rows, world)
    with Timed(f"Spark, iameval.spark.decide, {name}"):
        run(decided)
    assert [field.name for field in decided.schema] == expected.column_names
    same(decided.toArrow(), expected, f"Spark, {name}")


def by_connect(folder: pathlib.Path, world: iameval.World, expected: pyarrow.Table) -> None:
    """A client that has no context of Spark, so nothing can be broadcast."""
    spark = SparkSession.builder.remote("local[2]").getOrCreate()
    decided = iameval.spark.decide(spark.read.parquet(str(folder)), world)
    with Timed("Spark Connect, iameval.spark.decide, 1 % distinct"):
        found = decided.toArrow()
    same(found, expected, "Spark Connect")
    bad_rows(spark, world)
    spark.stop()


def bad_rows(spark: SparkSession, world: iameval.World) -> None:
    schema = "id int, principal string, action string, context map<string,string>"
    given = [
        (0, "user-1", "iam:ListUsers", None),
        (1, "nobody", "iam:ListUsers", None),
        (2, "user-1", None, None),
        (3, "user-1", "s3:*", {}),
        (4, "user-1", "iam:ListUsers", {"aws:SorceIp": "::1"}),
        (5, "user-1", "iam:ListUsers", {"aws:SourceIp": "203.0.113.7"}),
    ]
    decided = iameval.spark.decide(spark.createDataFrame(given, schema).repartition(3), world)
    found = {row.id: row for row in decided.collect()}
    assert sorted(found) == list(range(len(given)))
    says = {1: "column `principal`", 2: "column `action`", 3: "pattern", 4: "aws:SourceIp"}
    for number, row in found.items():
        if number in says:
            assert row.decision is None and says[number] in row.error, row
        else:
            assert row.decision == "implicit_deny" and row.error is None, row

    wrong = spark.createDataFrame([("s3:GetObject", bytearray(b"x"))], "action string, resource binary")
    try:
        iameval.spark.decide(wrong, world)
        raise AssertionError("a column of bytes was taken")
    except iameval.TableError as error:
        assert error.name == "resource", error
    empty = iameval.spark.decide(spark.createDataFrame([], schema), world)
    assert empty.count() == 0 and "error" in empty.columns
    beside = iameval.PolicySet(identity=iameval.Policy.from_file("aws:AdministratorAccess"))
    allowed = iameval.spark.decide(spark.createDataFrame(given[:1], schema), world, policies=beside).collect()
    assert [row.decision for row in allowed] == ["allowed"], allowed
    print("bad rows have the reason, bad columns are told before anything runs")


def executor() -> Process:
    return next(process for process in below(os.getpid()) if "CoarseGrainedExecutorBackend" in process.command)


def worker_of_python() -> Process:
    """A process that decides batches: a child of the daemon that an executor has."""
    found = below(executor().pid)
    daemons = [process.pid for process in found]
    return next(process for process in found if process.parent in daemons)


def killed(spark: SparkSession, df, expected: pyarrow.Table, victim, who: str) -> None:
    """That a result is complete and right although a process is killed in the middle."""
    context = spark.sparkContext
    found: list = []
    thread = threading.Thread(target=lambda: found.append(df.toArrow()), daemon=True)
    before = set(context.statusTracker().getJobIdsForGroup(None))
    thread.start()
    until = time.monotonic() + PATIENCE
    done, of = 0, 1
    while True:
        assert time.monotonic() < until and thread.is_alive(), f"{who}: the job was not seen in its middle"
        jobs = set(context.statusTracker().getJobIdsForGroup(None)) - before
        stages = [context.statusTracker().getStageInfo(id) for job in jobs for id in job_stages(context, job)]
        stages = [stage for stage in stages if stage is not None]
        done, of = sum(stage.numCompletedTasks for stage in stages), sum(stage.numTasks for stage in stages)
        if 2 <= done < of:
            break
        time.sleep(0.02)
    os.kill(victim().pid, signal.SIGKILL)
    thread.join(PATIENCE)
    assert found, f"{who}: no result"
    same(found[0], expected, who)
    print(f"{who} killed after {done} of {of} tasks: the result is complete and right", flush=True)


def job_stages(context, job: int) -> list:
    info = context.statusTracker().getJobInfo(job)
    return list(info.stageIds) if info else []


class Standalone:
    """A master and two workers on loopback, started as an administrator does."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.started: list = []

    def start(self, *arguments: str) -> pathlib.Path:
        log = self.folder / f"{len(self.started)}.log"
        program = pathlib.Path(pyspark.__file__).parent / "bin/spark-class"
        environment = {**os.environ, "SPARK_DAEMON_MEMORY": "256m"}
        with log.open("wb") as out:
            begun = subprocess.Popen(
                [str(program), *arguments], stdout=out, stderr=out, env=environment, start_new_session=True
            )
        self.started.append(begun)
        return log

    def wait(self, log: pathlib.Path, pattern: str) -> str:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = re.search(pattern, log.read_text(errors="replace"))
            if found:
                return found.group(0)
            time.sleep(0.2)
        raise AssertionError(log.read_text(errors="replace"))

    def __enter__(self) -> str:
        self.folder.mkdir()
        deploy = "org.apache.spark.deploy"
        log = self.start(f"{deploy}.master.Master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        master = self.wait(log, r"spark://127\.0\.0\.1:\d+")
        for number in range(2):
            work = str(self.folder / f"work-{number}")
            options = ["--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", "512m", "--work-dir", work]
            log = self.start(f"{deploy}.worker.Worker", *options, master)
            self.wait(log, "Successfully registered with master")
        return master

    def __exit__(self, *error: object) -> None:
        for begun in self.started:
            os.killpg(begun.pid, signal.SIGTERM)
            begun.wait(PATIENCE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    print(f"Python {sys.version.split()[0]}, PySpark {pyspark.__version__}, pyarrow {pyarrow.__version__}", end=", ")
    print(f"Polars {polars.__version__}, DuckDB {duckdb.__version__}, {os.cpu_count()} processors")

    asked = world(folder / "world")
    alike, unlike = requests(ROWS // 100), requests(ROWS)
    files = {"1 % distinct": write(alike, folder / "alike"), "all distinct": write(unlike, folder / "unlike")}
    expected = {
        "1 % distinct": in_this_process(alike, asked, "1 % distinct"),
        "all distinct": in_this_process(unlike, asked, "all distinct"),
    }
    by_others(files["1 % distinct"], asked, expected["1 % distinct"])

    spark = session("local-cluster[2,1,512]", folder)
    for name, where in files.items():
        on_spark(spark, where, asked, expected[name], name)
    bad_rows(spark, asked)
    decided = iameval.spark.decide(spark.read.parquet(str(files["all distinct"])), asked)
    killed(spark, decided, expected["all distinct"], worker_of_python, "a worker of Python")
    killed(spark, decided, expected["all distinct"], executor, "an executor")
    spark.stop()

    with Standalone(folder / "standalone") as master:
        spark = session(master, folder)
        on_spark(spark, files["1 % distinct"], asked, expected["1 % distinct"], "standalone")
        spark.stop()

    by_connect(files["1 % distinct"], asked, expected["1 % distinct"])
    assert doctest.testmod(iameval.spark).failed == 0


if __name__ == "__main__":
    main()
