//! What a user sees: each file of `tests/cmd/` holds a command, its output and its exit code, read by a person before it was accepted.
//! `TRYCMD=overwrite cargo test --test cli` writes them anew; read the change.

#[test]
fn commands_print_what_was_accepted() {
    let cases = trycmd::TestCases::new();
    cases
        .env("COLUMNS", "100")
        .env("NO_COLOR", "1")
        .case("tests/cmd/*.toml");
}
