//! [`until_interrupted`]: work that ends when the person presses Ctrl-C.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Error;

/// Runs work to its end, or to the first interrupt or request to terminate.
///
/// What the work was waiting for is dropped there and then; `hint` says how to go on.
pub(super) fn until_interrupted<T>(
    work: impl Future<Output = Result<T, Error>>,
    hint: impl FnOnce() -> Option<String>,
) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Error::failed(format!("no threads for the run: {error}")))?;
    let done = runtime.block_on(async {
        tokio::select! {
            done = work => done,
            () = interrupt() => {
                let error = Error::interrupted("interrupted");
                Err(match hint() {
                    Some(hint) => error.hint(hint),
                    None => error,
                })
            }
        }
    });
    // A look-up of a host name may still be under way; nobody waits for it.
    runtime.shutdown_background();
    done
}

/// Raises a flag at the first interrupt or request to terminate, for work that looks at it.
pub(super) fn raise_on_interrupt(flag: &Arc<AtomicBool>) {
    let flag = Arc::clone(flag);
    std::thread::spawn(move || {
        // Without a runtime the system ends the process as it always does.
        if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
            runtime.block_on(interrupt());
            flag.store(true, Ordering::Relaxed);
        }
    });
}

#[cfg(unix)]
async fn interrupt() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => if pressed.is_err() { std::future::pending().await },
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

/// Makes a file that grows past the limit set for this process an error of its write, like a full
/// disk, where it would otherwise end the process without a word.
#[cfg(unix)]
pub(super) fn outlive_file_limit() {
    use tokio::signal::unix::{SignalKind, signal};
    /// SIGXFSZ on Linux and macOS (signal(7)).
    const FILE_LIMIT: i32 = 25;
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return;
    };
    let _inside = runtime.enter();
    // Once caught it stays caught, also when nobody listens any more.
    let _ = signal(SignalKind::from_raw(FILE_LIMIT));
}

#[cfg(not(unix))]
pub(super) fn outlive_file_limit() {}
