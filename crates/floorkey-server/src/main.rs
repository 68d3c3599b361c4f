//! The program `floorkey`. What it can do stands in [`floorkey_server::cli`].

fn main() -> std::process::ExitCode {
    floorkey_server::cli::run()
}
