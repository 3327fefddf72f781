//! [`gather`]: the files that a person names, with folders walked and `.gz` and `.zst` opened.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A file's name and its bytes.
#[derive(Debug, Clone)]
pub struct File {
    /// The name, relative to the folder that was named, without `.gz` or `.zst`.
    pub name: String,
    /// Everything in it, unpacked.
    pub bytes: Vec<u8>,
}

/// The files at a path: itself, the files below it in order of their names, or `-` for standard
/// input.
pub fn gather(path: &Path) -> io::Result<Vec<File>> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(vec![File { name: "stdin".into(), bytes }]);
    }
    if !path.is_dir() {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        return Ok(vec![open(path, name)?]);
    }
    let mut paths = Vec::new();
    walk(path, &mut paths)?;
    paths.sort();
    paths
        .into_iter()
        .map(|file| {
            let name = file.strip_prefix(path).unwrap_or(&file).to_string_lossy().into_owned();
            open(&file, name)
        })
        .collect()
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

fn open(path: &Path, name: String) -> io::Result<File> {
    let mut bytes = fs::read(path)?;
    let packed = |ending: &str| name.strip_suffix(ending).map(str::to_owned);
    if let Some(name) = packed(".gz") {
        let mut plain = Vec::new();
        flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut plain)?;
        return Ok(File { name, bytes: plain });
    }
    if let Some(name) = packed(".zst") {
        bytes = zstd::decode_all(bytes.as_slice())?;
        return Ok(File { name, bytes });
    }
    Ok(File { name, bytes })
}
