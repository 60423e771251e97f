//! Figures as Markdown.

/// Prints a table and an empty line.
pub(crate) fn print(columns: &[&str], rows: &[Vec<String>]) {
    println!("| {} |", columns.join(" | "));
    println!("|{}", " --- |".repeat(columns.len()));
    rows.iter().for_each(|it| println!("| {} |", it.join(" | ")));
    println!();
}

/// Median and 99th percentile of some times in milliseconds.
fn percentiles(mut times: Vec<f64>) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    let at = |part: usize| times.get((times.len() * part / 100).min(times.len().saturating_sub(1)));
    (at(50).copied().unwrap_or(f64::NAN), at(99).copied().unwrap_or(f64::NAN))
}

/// A stopwatch for one thread's processor time beside the clock on the wall: on a busy machine only the
/// first says what a question costs.
pub(crate) struct Watch(f64, std::time::Instant);

/// Milliseconds of the processor and on the wall.
#[derive(Default)]
pub(crate) struct Times {
    work: Vec<f64>,
    wall: Vec<f64>,
}

fn work() -> f64 {
    let at = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    at.tv_sec as f64 * 1e3 + at.tv_nsec as f64 / 1e6
}

impl Watch {
    pub(crate) fn start() -> Watch {
        Watch(work(), std::time::Instant::now())
    }

    pub(crate) fn stop(&self, into: &mut Times) {
        into.work.push(work() - self.0);
        into.wall.push(self.1.elapsed().as_secs_f64() * 1e3);
    }
}

impl Times {
    /// The 99th percentile of processor time.
    pub(crate) fn p99(&self) -> f64 {
        percentiles(self.work.clone()).1
    }

    /// `work p50 / p99`, and the same on the wall.
    pub(crate) fn told(&self) -> [String; 2] {
        [&self.work, &self.wall].map(|it| {
            let (half, most) = percentiles(it.clone());
            format!("{half:.1} / {most:.1}")
        })
    }
}
