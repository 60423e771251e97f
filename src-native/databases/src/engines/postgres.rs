use crate::{Result, Session, Target};

pub(super) fn connect(target: &Target) -> Result<Box<dyn Session>> {
    Err(super::missing(target.engine))
}
