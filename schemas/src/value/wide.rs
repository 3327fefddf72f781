//! [`widest`]: work on many values at once, by whatever vectors the machine has.
//!
//! The work is written once, in plain Rust without branches, and compiled for each set of
//! instructions, of which the widest is taken that the machine has.
//!
//! # Safety
//!
//! The only unsafe thing here is to call a function that is compiled for instructions which not
//! every machine has. Each such call stands behind the test at run time that the machine has them
//! all; the functions themselves are safe Rust. That all of them do the same is tested.

/// Work that can be compiled for several sets of instructions.
pub trait Work {
    /// What comes of it.
    type Done;
    /// Does it; to be inlined, so that it is compiled for what calls it.
    fn run(self) -> Self::Done;
}

/// Does some work by the widest vectors that the machine has, or else by those of all machines.
pub fn widest<W: Work>(work: W) -> W::Done {
    #[cfg(target_arch = "x86_64")]
    {
        if wide_is_there() {
            // SAFETY: the machine has all that the function is compiled for.
            #[allow(unsafe_code, reason = "the machine was asked for the instructions")]
            return unsafe { wide(work) };
        }
        if middle_is_there() {
            // SAFETY: the machine has all that the function is compiled for.
            #[allow(unsafe_code, reason = "the machine was asked for the instructions")]
            return unsafe { middle(work) };
        }
    }
    work.run()
}

/// Whether [`widest`] has vectors of 64 bytes: some work is worth being done side by side only then.
pub fn is_widest() -> bool {
    #[cfg(target_arch = "x86_64")]
    let found = wide_is_there();
    #[cfg(not(target_arch = "x86_64"))]
    let found = false;
    found
}

/// Vectors of 64 bytes.
#[cfg(target_arch = "x86_64")]
fn wide_is_there() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512cd")
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512cd")]
fn wide<W: Work>(work: W) -> W::Done {
    work.run()
}

/// Vectors of 32 bytes.
#[cfg(target_arch = "x86_64")]
fn middle_is_there() -> bool {
    is_x86_feature_detected!("avx2")
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn middle<W: Work>(work: W) -> W::Done {
    work.run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy)]
    struct Squares<'v>(&'v [u64]);

    impl Work for Squares<'_> {
        type Done = u64;
        #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
        #[inline(always)]
        fn run(self) -> u64 {
            self.0.iter().fold(0, |sum, value| sum ^ value.wrapping_mul(*value))
        }
    }

    #[test]
    fn work_is_the_same_by_all_vectors() {
        let values: Vec<u64> = (0..1000_u64).map(|at| at.wrapping_mul(0x9e37_79b9_7f4a)).collect();
        let work = Squares(&values);
        assert_eq!(widest(work), work.run());
        #[cfg(target_arch = "x86_64")]
        if middle_is_there() {
            // SAFETY: the machine has all that the function is compiled for.
            #[allow(unsafe_code, reason = "the machine was asked for the instructions")]
            let found = unsafe { middle(work) };
            assert_eq!(found, work.run());
        }
    }
}
