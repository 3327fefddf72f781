//! [`gather`]: the files that a person names, with folders walked, patterns followed, and `.gz` and
//! `.zst` opened.

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

/// The files at a path: itself, the files below it in order of their names, those that a pattern
/// with `*`, `?` or `[…]` names where nothing else is called so, or `-` for standard input.
pub fn gather(path: &Path) -> io::Result<Vec<File>> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(vec![File { name: "stdin".into(), bytes }]);
    }
    if let Some(found) = matched(path)? {
        let files = found.iter().map(|path| gather(path)).collect::<io::Result<Vec<_>>>()?;
        return Ok(files.concat());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pattern_names_files_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.csv", "a.csv", "c.txt"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let found = gather(&folder.path().join("*.csv")).unwrap();
        assert_eq!(found.iter().map(|file| &*file.name).collect::<Vec<_>>(), ["a.csv", "b.csv"]);
        assert!(gather(&folder.path().join("*.md")).is_err());
    }
}
