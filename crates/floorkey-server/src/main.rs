//! The `floorkey` program. Its commands are in [`floorkey_server::cli`].

fn main() -> std::process::ExitCode {
    floorkey_server::cli::run()
}
