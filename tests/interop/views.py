"""Reads every row of every view of a database with Python's own SQLite.

    python views.py DATABASE
"""

import sqlite3
import sys


def main():
    database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=5)
    views = [name for (name,) in database.execute("select name from sqlite_schema where type = 'view'")]
    for view in views:
        rows = database.execute(f"select * from {view}").fetchall()
        (count,) = database.execute(f"select count(*) from {view}").fetchone()
        if len(rows) != count:
            sys.exit(f"{view} has {len(rows)} rows and counts {count}")
    database.close()
    print(f"{len(views)} views read by Python's SQLite {sqlite3.sqlite_version}")


if __name__ == "__main__":
    main()
