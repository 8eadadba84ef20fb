//! `Null`: presence of the key (R-COND-09). A set operator makes it hold always or never, which is decided before.

/// Satisfied when the key is absent (a value `true`) or present (any other value).
#[derive(Debug)]
pub(super) struct NullTest {
    absent: bool,
    present: bool,
}

impl NullTest {
    pub(super) fn new<'t>(values: impl Iterator<Item = &'t str>) -> Self {
        let mut test = Self { absent: false, present: false };
        for value in values {
            if value.eq_ignore_ascii_case("true") {
                test.absent = true;
            } else {
                test.present = true;
            }
        }
        test
    }

    pub(super) fn is_satisfied(&self, key_is_absent: bool) -> bool {
        if key_is_absent { self.absent } else { self.present }
    }
}
