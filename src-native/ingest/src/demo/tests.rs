//! What the story promises, asked of what is written.

use super::*;

#[test]
fn it_is_written() {
    let home = tempfile::tempdir().unwrap();
    let demo = write(&home.path().join("demo")).unwrap_or_else(|it| panic!("{it}"));
    println!("{}", demo.repository.display());
    if let Ok(to) = std::env::var("DEMO_TO") {
        write(Path::new(&to)).unwrap();
    }
}
