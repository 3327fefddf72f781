//! [`gather`]: the files that a person names, with folders walked, patterns followed, and `.gz` and
//! `.zst` opened.

use std::fs;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use peyote_schemas::read::{Encoding, Recoded};

/// The name that standard input goes by.
const STDIN: &str = "stdin";

/// A file that is there to be read, as often as one likes.
#[derive(Debug)]
pub struct File {
    /// The name, relative to the folder that was named, without `.gz` or `.zst`.
    pub name: String,
    place: Place,
    packing: Packing,
    /// How its bytes are letters, where that was asked.
    encoding: Option<Encoding>,
}

/// Where the bytes of a file are.
#[derive(Debug)]
enum Place {
    /// Under a path.
    Path(PathBuf),
    /// In memory, from standard input.
    Memory(Vec<u8>),
    /// In a file without a name, from standard input.
    Spool(fs::File),
}

/// How a file is packed, as its name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    None,
    Gzip,
    Zstd,
}

/// Whether standard input is kept in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// In memory.
    Memory,
    /// On the disk, to be read in parts: under a name that says whether it holds JSON Lines or
    /// fields between delimiters.
    Disk,
}

/// The files at a path: itself, the files below it in order of their names, those that a pattern
/// with `*`, `?` or `[…]` names where nothing else is called so, or `-` for standard input.
pub fn gather(path: &Path, keep: Keep) -> io::Result<Vec<File>> {
    if path.as_os_str() == "-" {
        return Ok(vec![piped(keep)?]);
    }
    if let Some(found) = matched(path)? {
        let files = found.iter().map(|path| gather(path, keep)).collect::<io::Result<Vec<_>>>()?;
        return Ok(files.into_iter().flatten().collect());
    }
    if !fs::metadata(path)?.is_dir() {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        return Ok(vec![File::at(path, name)]);
    }
    let mut paths = Vec::new();
    walk(path, &mut paths)?;
    paths.sort();
    let named = |file: &PathBuf| {
        let name = file.strip_prefix(path).unwrap_or(file).to_string_lossy().into_owned();
        File::at(file, name)
    };
    Ok(paths.iter().map(named).collect())
}

fn piped(keep: Keep) -> io::Result<File> {
    let mut input = io::stdin().lock();
    let file = |name: String, place| File { name, place, packing: Packing::None, encoding: None };
    if keep == Keep::Memory {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes)?;
        return Ok(file(STDIN.to_owned(), Place::Memory(bytes)));
    }
    let mut spool = tempfile::tempfile()?;
    io::copy(&mut input, &mut spool)?;
    spool.rewind()?;
    let mut first = [0; 1024];
    let count = spool.read(&mut first)?;
    let first = first[..count].trim_ascii_start();
    let ending = if first.starts_with(b"{") { "jsonl" } else { "csv" };
    Ok(file(format!("{STDIN}.{ending}"), Place::Spool(spool)))
}

impl File {
    fn at(path: &Path, name: String) -> Self {
        let packed = |ending: &str| name.strip_suffix(ending).map(str::to_owned);
        let (name, packing) = match (packed(".gz"), packed(".zst")) {
            (Some(name), _) => (name, Packing::Gzip),
            (_, Some(name)) => (name, Packing::Zstd),
            _ => (name, Packing::None),
        };
        Self { name, place: Place::Path(path.to_owned()), packing, encoding: None }
    }

    /// Where it lies; nothing of standard input.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::Path(path) => Some(path),
            Place::Memory(_) | Place::Spool(_) => None,
        }
    }

    /// How many bytes it has, unpacked: roughly, where it is packed.
    pub fn size(&self) -> io::Result<u64> {
        /// How many times as long text is that was packed, for the most part.
        const PACKED: u64 = 6;
        let size = match &self.place {
            Place::Path(path) => fs::metadata(path)?.len(),
            Place::Memory(bytes) => bytes.len() as u64,
            Place::Spool(spool) => spool.metadata()?.len(),
        };
        Ok(if self.packing == Packing::None { size } else { size.saturating_mul(PACKED) })
    }

    /// Reads it to learn its encoding, in which it is opened from then on.
    pub fn learn_encoding(&mut self) -> io::Result<()> {
        let encoding = Encoding::of(self.unpacked()?)?;
        self.encoding = Some(encoding);
        Ok(())
    }

    /// Its bytes from the first on, unpacked, and as UTF-8 where its encoding was learnt.
    pub fn open(&self) -> io::Result<Box<dyn Read + Send + '_>> {
        let plain = self.unpacked()?;
        Ok(match self.encoding {
            None => plain,
            Some(encoding) => Box::new(Recoded::new(plain, encoding)),
        })
    }

    fn unpacked(&self) -> io::Result<Box<dyn Read + Send + '_>> {
        let plain: Box<dyn Read + Send + '_> = match &self.place {
            Place::Path(path) => Box::new(fs::File::open(path)?),
            Place::Memory(bytes) => Box::new(Cursor::new(bytes)),
            Place::Spool(spool) => {
                let mut spool = spool;
                spool.rewind()?;
                Box::new(spool)
            }
        };
        Ok(match self.packing {
            Packing::None => plain,
            Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::new(plain))),
            Packing::Zstd => Box::new(zstd::Decoder::new(plain)?),
        })
    }

    /// Everything in it, unpacked.
    pub fn bytes(self) -> io::Result<Vec<u8>> {
        if let Place::Memory(bytes) = self.place {
            return Ok(bytes);
        }
        if let (Place::Path(path), Packing::None) = (&self.place, self.packing) {
            return fs::read(path);
        }
        let mut bytes = Vec::new();
        self.unpacked()?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// The paths that a pattern names, in order; nothing for a path that is no pattern.
fn matched(path: &Path) -> io::Result<Option<Vec<PathBuf>>> {
    let Some(pattern) = path.to_str().filter(|text| text.contains(['*', '?', '['])) else {
        return Ok(None);
    };
    if path.exists() {
        return Ok(None);
    }
    let Ok(paths) = glob::glob(pattern) else { return Ok(None) };
    let mut found = paths.collect::<Result<Vec<PathBuf>, _>>().map_err(io::Error::from)?;
    found.retain(|path| path.exists());
    found.sort();
    if found.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "no file matches the pattern"));
    }
    Ok(Some(found))
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        // A link to a folder is not followed, so that no cycle is walked.
        if entry.file_type()?.is_dir() {
            walk(&path, paths)?;
        } else if path.is_file() {
            paths.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pattern_names_files_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.csv", "a.csv", "c.txt"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let found = gather(&folder.path().join("*.csv"), Keep::Memory).unwrap();
        assert_eq!(found.iter().map(|file| &*file.name).collect::<Vec<_>>(), ["a.csv", "b.csv"]);
        assert!(gather(&folder.path().join("*.md"), Keep::Memory).is_err());
    }
}
