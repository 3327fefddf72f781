//! [`Unfinished`]: a file beside its name, which it gets when it is whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::{Builder, NamedTempFile};

use crate::export::manifest::{Entry, hexadecimal};

/// How the names of files begin that are not whole.
pub(super) const BEGUN: &str = ".peyote-";
/// Bytes that are kept back until they are as many: a large write costs little more than a small one.
const BUFFER: usize = 256 << 10;

/// The most bytes that are written and digested at once.
const PIECE: usize = 128 << 10;

/// When a file is on the disk for certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sync {
    /// Before it gets its name: it outlasts a loss of power.
    Now,
    /// When the system sees fit: it outlasts the process.
    Later,
}

/// A file that is being written; without a name it is gone when it is dropped.
#[derive(Debug)]
pub(super) struct Unfinished {
    path: PathBuf,
    out: BufWriter<Counted>,
}

/// A temporary file that counts and digests what goes into it.
#[derive(Debug)]
struct Counted {
    file: NamedTempFile,
    bytes: u64,
    digest: Sha256,
}

impl Unfinished {
    /// Begins a file, and the folders that it lies in.
    pub(super) fn new(path: &Path) -> io::Result<Self> {
        let parent = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent)?;
        let file = Builder::new().prefix(BEGUN).tempfile_in(parent)?;
        let counted = Counted { file, bytes: 0, digest: Sha256::new() };
        let out = BufWriter::with_capacity(BUFFER, counted);
        Ok(Self { path: path.to_owned(), out })
    }

    /// Gives the file its name; the entry's path is for the caller to say.
    pub(super) fn finish(self, rows: Option<usize>, sync: Sync) -> io::Result<Entry> {
        let Counted { file, bytes, digest } =
            self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        if sync == Sync::Now {
            file.as_file().sync_all()?;
        }
        readable(file.as_file())?;
        file.persist(&self.path).map_err(|error| error.error)?;
        let sha256 = hexadecimal(&digest.finalize());
        Ok(Entry { path: String::new(), rows, bytes, sha256 })
    }
}

impl Write for Unfinished {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.out.write(buffer)
    }

    fn write_all(&mut self, buffer: &[u8]) -> io::Result<()> {
        self.out.write_all(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Write for Counted {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        // A piece that was just copied into the file is near when it is digested.
        let written = self.file.write(&buffer[..buffer.len().min(PIECE)])?;
        self.digest.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Temporary files are private; what is put in place is as readable as any new file.
fn readable(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}
