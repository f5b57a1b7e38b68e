# What a developer runs. `.ci/run` runs all of it on a clean machine.

check: fmt lint test docs

fmt:
    cargo fmt --check

lint:
    cargo clippy --locked --all-targets -- -D warnings

test:
    cargo test --locked

docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps

# After a change of a query or of the schema: write .sqlx/ anew.
prepare:
    rm -f target/prepare.db*
    DATABASE_URL=sqlite://target/prepare.db sqlx database setup
    DATABASE_URL=sqlite://target/prepare.db cargo sqlx prepare -- --all-targets

# Messages and views against programs in other languages.
interop:
    cargo build --release --locked
    tests/interop/run.sh target/release/treatywatch
    tests/interop/formats.sh target/release/treatywatch

# A long run of the test that kills the daemon.
crash:
    tests/crash.sh

# Time to start, memory, sizes. On a machine that does nothing else.
figures:
    cargo build --release --locked
    tests/interop/figures.sh target/release/treatywatch

# Licences, bans and sources; advisories too, where their list can be fetched: cargo deny check.
deny:
    cargo deny --locked check licenses bans sources
