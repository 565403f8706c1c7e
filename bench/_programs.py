"""The programs that run beside the journal, as texts for `python -c`."""

BARE = """
import os, sys
text = sys.argv[2] if len(sys.argv) > 2 else sys.stdin.read()
with open(sys.argv[1], "a") as file:
    file.write(text)
    file.flush()
    os.fsync(file.fileno())
"""
COPY = """
import os, sys
for name in sys.argv[2:]:
    with open(name, "rb") as file:
        data = file.read()
    with open(sys.argv[1], "ab") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
"""
WAIT = """
import os, sys, time
while not os.path.exists(sys.argv[1]):
    time.sleep(0.001)
end = time.perf_counter() + float(sys.argv[2])
count = 0
"""
WRITER = (
    """
from journal.entry import Draft
from journal.notebook import Notebook
import sys
notebook = Notebook.open(sys.argv[3])
draft = Draft(body=sys.argv[4], role="assistant", session="bench")
"""
    + WAIT
    + """
while time.perf_counter() < end:
    assert notebook.append(draft).durable
    count += 1
print(count)
"""
)
BARE_WRITER = (
    """
import fcntl, sys
text = (sys.argv[4] + "\\n").encode()
"""
    + WAIT
    + """
while time.perf_counter() < end:
    lock = os.open(sys.argv[3] + ".lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    file = os.open(sys.argv[3], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, text)
    os.fdatasync(file)
    os.close(file)
    os.close(lock)
    count += 1
print(count)
"""
)
IN_PROCESS = """
import sys, time
from journal.notebook import Notebook
from journal.store import Store
start, cpu = time.perf_counter(), time.process_time()
if sys.argv[2] == "entries":
    count = sum(1 for _ in Store(sys.argv[1]).entries())
else:
    count = len(Notebook.open(sys.argv[1]).verify())
print(time.perf_counter() - start, time.process_time() - cpu, count)
"""
REBUILD = """
import shutil, sys, time
import journal.catalog.update
from journal import api
what, root, word = sys.argv[1:]
journal = api.open(root)
journal.catalog.catch_up()
if what == "index":
    assert journal.recall(word).engine == "whoosh"
    shutil.rmtree(root + "/.journal/cache/index")
    journal = api.open(root)
    journal.catalog.catch_up()
start, cpu = time.perf_counter(), time.process_time()
if what == "index":
    answer = journal.recall(word)
else:
    journal.catalog.reindex()
print(time.perf_counter() - start, time.process_time() - cpu, journal.catalog.count())
if what == "index":
    assert answer.engine == "whoosh" and answer.fresh and answer.total == 1, answer
"""
FTS_INSERT = """
import json, sqlite3, sys, time
with open(sys.argv[2], encoding="utf-8") as lines:
    drafts = [json.loads(line) for line in lines]
texts = [(draft.get("title", "") + "\\n" + draft["body"],) for draft in drafts]
start, cpu = time.perf_counter(), time.process_time()
database = sqlite3.connect(sys.argv[1])
table = "CREATE VIRTUAL TABLE IF NOT EXISTS entry USING fts5(text, tokenize='porter unicode61')"
database.execute(table)
with database:
    database.executemany("INSERT INTO entry VALUES (?)", texts)
database.close()
print(time.perf_counter() - start, time.process_time() - cpu, len(texts))
"""
FTS_ASK = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
columns = "rowid, snippet(entry, 0, '[', ']', '...', 16)"
question = f"SELECT {columns} FROM entry WHERE entry MATCH ? ORDER BY rank LIMIT 10"
for row in database.execute(question, sys.argv[2:]):
    print(*row)
print(*database.execute("SELECT count(*) FROM entry WHERE entry MATCH ?", sys.argv[2:]).fetchone())
"""
