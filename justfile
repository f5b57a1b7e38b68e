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
