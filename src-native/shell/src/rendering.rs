//! How the page is drawn on this machine: one table, decided before GTK starts.
//!
//! WebKitGTK's defaults cost five times the CPU per scrolled frame where there is no GPU, and show
//! an empty window with some proprietary drivers. Whoever sets one of these variables themselves
//! has the last word.

use std::fmt;

/// The variables that the table sets, and that a user may have set.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "WebKitGTK alone needs it"))]
pub(crate) const VARIABLES: [&str; 4] = [
    "WEBKIT_DISABLE_COMPOSITING_MODE",
    "WEBKIT_DISABLE_DMABUF_RENDERER",
    "WEBKIT_DMABUF_RENDERER_FORCE_SHM",
    "WEBKIT_FORCE_DMABUF_RENDERER",
];

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rendering {
    /// The user's own variables decide.
    Own,
    /// The engine's default: a GPU with an open driver.
    Accelerated,
    /// Composed on the GPU, handed over through shared memory (NVIDIA on Wayland).
    SharedMemory,
    /// Painted without compositing, handed over through shared memory (NVIDIA on X11).
    SharedMemoryPlain,
    /// Painted by the CPU: no GPU was found.
    Software,
    /// The last resort, asked for or remembered from a start that showed nothing.
    Safe,
}

impl Rendering {
    /// The variables that this choice puts into the environment.
    pub(crate) fn variables(self) -> &'static [&'static str] {
        match self {
            Rendering::Own | Rendering::Accelerated => &[],
            Rendering::SharedMemory => &["WEBKIT_DMABUF_RENDERER_FORCE_SHM"],
            Rendering::SharedMemoryPlain => &[
                "WEBKIT_DMABUF_RENDERER_FORCE_SHM",
                "WEBKIT_FORCE_DMABUF_RENDERER",
                "WEBKIT_DISABLE_COMPOSITING_MODE",
            ],
            Rendering::Software => &["WEBKIT_DISABLE_DMABUF_RENDERER"],
            Rendering::Safe => {
                &["WEBKIT_DISABLE_COMPOSITING_MODE", "WEBKIT_DISABLE_DMABUF_RENDERER"]
            }
        }
    }

    /// True when the engine should not even try the GPU.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "WebKitGTK alone needs it"))]
    pub(crate) fn without_gpu(self) -> bool {
        matches!(self, Rendering::Software | Rendering::Safe)
    }

    /// One word, for `app.state` and the doctor.
    pub fn name(self) -> &'static str {
        match self {
            Rendering::Own => "own",
            Rendering::Accelerated => "accelerated",
            Rendering::SharedMemory => "shared-memory",
            Rendering::SharedMemoryPlain => "shared-memory-plain",
            Rendering::Software => "software",
            Rendering::Safe => "safe",
        }
    }
}

impl fmt::Display for Rendering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the table looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Machine {
    /// Render nodes with the name of their kernel driver, as (`renderD128`, `i915`).
    pub gpus: Vec<(String, String)>,
    /// The proprietary NVIDIA driver is loaded.
    pub nvidia: bool,
    /// The session is Wayland and not forced onto X11.
    pub wayland: bool,
    /// Those of [`VARIABLES`] that were set before we came.
    pub own: Vec<String>,
}

/// Chooses a row and says why. `safe` holds a reason when safe mode is wanted.
pub(crate) fn choose(machine: &Machine, safe: Option<&str>) -> (Rendering, String) {
    if let Some(reason) = safe {
        return (Rendering::Safe, reason.to_owned());
    }
    if !machine.own.is_empty() {
        return (Rendering::Own, format!("{} set by you", machine.own.join(", ")));
    }
    if machine.gpus.is_empty() {
        return (Rendering::Software, "no GPU: /dev/dri has no render node".to_owned());
    }
    if machine.nvidia && machine.wayland {
        return (Rendering::SharedMemory, "proprietary NVIDIA driver on Wayland".to_owned());
    }
    if machine.nvidia {
        return (Rendering::SharedMemoryPlain, "proprietary NVIDIA driver on X11".to_owned());
    }
    let gpus: Vec<String> =
        machine.gpus.iter().map(|(node, driver)| format!("{driver} at {node}")).collect();
    (Rendering::Accelerated, gpus.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_gpu(driver: &str) -> Machine {
        Machine { gpus: vec![("renderD128".into(), driver.into())], ..Machine::default() }
    }

    #[test]
    fn a_machine_without_a_gpu_is_painted_by_the_cpu() {
        let (rendering, why) = choose(&Machine::default(), None);
        assert_eq!(rendering, Rendering::Software);
        assert_eq!(rendering.variables(), ["WEBKIT_DISABLE_DMABUF_RENDERER"]);
        assert!(why.contains("/dev/dri"));
    }

    #[test]
    fn an_open_driver_keeps_the_default() {
        for driver in ["i915", "amdgpu", "nouveau", "virtio_gpu"] {
            let (rendering, why) = choose(&with_gpu(driver), None);
            assert_eq!(rendering, Rendering::Accelerated);
            assert!(rendering.variables().is_empty());
            assert!(why.contains(driver));
        }
    }

    #[test]
    fn nvidia_goes_through_shared_memory() {
        let x11 = Machine { nvidia: true, ..with_gpu("nvidia") };
        let wayland = Machine { wayland: true, ..x11.clone() };
        assert_eq!(choose(&wayland, None).0, Rendering::SharedMemory);
        let (rendering, _) = choose(&x11, None);
        assert_eq!(rendering, Rendering::SharedMemoryPlain);
        assert!(rendering.variables().contains(&"WEBKIT_DISABLE_COMPOSITING_MODE"));
    }

    #[test]
    fn the_users_own_variables_win_over_the_table_and_safe_mode_over_both() {
        let own = Machine {
            own: vec!["WEBKIT_DISABLE_DMABUF_RENDERER".into()],
            nvidia: true,
            ..with_gpu("nvidia")
        };
        assert_eq!(choose(&own, None).0, Rendering::Own);
        assert!(Rendering::Own.variables().is_empty());
        assert_eq!(choose(&own, Some("asked for")), (Rendering::Safe, "asked for".to_owned()));
    }
}
