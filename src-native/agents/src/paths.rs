//! What a path alone tells.

/// Whether a path looks like a test: a folder named `test`, `tests`, `spec` or `__tests__`, or a
/// name that begins with `test_` or holds `_test.`, `.test.`, `_spec.` or `.spec.`.
pub fn looks_like_test(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let folder = |it: &str| matches!(it, "test" | "tests" | "spec" | "specs" | "__tests__");
    folders.split('/').any(folder)
        || name.starts_with("test_")
        || ["_test.", ".test.", "_spec.", ".spec."].iter().any(|it| name.contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_known_by_folder_or_name() {
        for path in [
            "tests/pay.rs",
            "src/auth/__tests__/token.ts",
            "spec/a.rb",
            "src/test_pay.py",
            "pay_test.go",
            "ui/pay.test.ts",
            "ui/pay.spec.ts",
        ] {
            assert!(looks_like_test(path), "{path}");
        }
        for path in ["src/contest/pay.rs", "src/attest.rs", "latest.md", "testing/a.rs", "tests"] {
            assert!(!looks_like_test(path), "{path}");
        }
    }
}
