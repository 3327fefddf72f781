//! [`Codec`]: pages made smaller, or left as they are where nothing would be won.

use std::io;

use parquet::basic;
use serde::{Deserialize, Serialize};
use zstd::bulk::Compressor;

use super::bits::varint;

/// How the pages of a Parquet file are compressed.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// Zstandard at level 1: small files.
    #[default]
    Zstd,
    /// Snappy: files that are written and read faster.
    Snappy,
    /// None.
    Plain,
}

/// What is known of the bytes of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Nothing.
    Any,
    /// Numbers packed bit by bit, in which there is often nothing left to find.
    Packed,
}

/// The level of Zstandard: the one at which it is as fast as it gets by default.
const LEVEL: i32 = 1;
/// Bytes that are tried before a page is compressed in vain.
const TRIED: usize = 8 << 10;
/// Bytes of a page from which trying is worth it.
const TRY_FROM: usize = 4 * TRIED;
/// The first bytes of a Zstandard frame (RFC 8878).
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// A frame's description: one segment, whose size stands in the next four bytes.
const FRAME: u8 = 0b1010_0000;
/// The largest block of a frame.
const BLOCK: usize = 128 << 10;
/// The mark of a Snappy literal whose length stands in the next two bytes.
const LITERAL: u8 = 61 << 2;
/// The longest such literal.
const LITERAL_BYTES: usize = 1 << 16;

/// A compressor and the room that it writes to, used again and again.
pub(super) struct Codec {
    engine: Engine,
    room: Vec<u8>,
}

enum Engine {
    Zstd(Compressor<'static>),
    Snappy(Box<snap::raw::Encoder>),
    Plain,
}

impl Compression {
    /// The word for it in a Parquet file.
    pub(super) fn stored(self) -> basic::Compression {
        match self {
            Self::Zstd => basic::Compression::ZSTD(basic::ZstdLevel::default()),
            Self::Snappy => basic::Compression::SNAPPY,
            Self::Plain => basic::Compression::UNCOMPRESSED,
        }
    }
}

impl Codec {
    /// A codec of a compression.
    pub(super) fn new(compression: Compression) -> io::Result<Self> {
        let engine = match compression {
            Compression::Zstd => Engine::Zstd(Compressor::new(LEVEL)?),
            Compression::Snappy => Engine::Snappy(Box::new(snap::raw::Encoder::new())),
            Compression::Plain => Engine::Plain,
        };
        Ok(Self { engine, room: Vec::new() })
    }

    /// The page as it is stored.
    pub(super) fn compress<'c>(
        &'c mut self,
        page: &'c [u8],
        content: Content,
    ) -> io::Result<&'c [u8]> {
        if matches!(self.engine, Engine::Plain) {
            return Ok(page);
        }
        if content == Content::Packed && page.len() >= TRY_FROM {
            let from = page.len() / 2;
            let tried = self.compressed(&page[from..from + TRIED])?;
            // A page that shrinks by less than a thirty-second is read faster as it is.
            if tried > TRIED - TRIED / 32 {
                self.store(page);
                return Ok(&self.room);
            }
        }
        let size = self.compressed(page)?;
        Ok(&self.room[..size])
    }

    /// How many bytes a sample takes when it is compressed.
    pub(super) fn size(&mut self, sample: &[u8]) -> io::Result<usize> {
        if matches!(self.engine, Engine::Plain) {
            Ok(sample.len())
        } else {
            self.compressed(sample)
        }
    }

    fn compressed(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = match &self.engine {
            Engine::Zstd(_) => zstd::zstd_safe::compress_bound(bytes.len()),
            Engine::Snappy(_) => snap::raw::max_compress_len(bytes.len()),
            Engine::Plain => 0,
        };
        if self.room.len() < room {
            self.room.resize(room, 0);
        }
        match &mut self.engine {
            Engine::Zstd(compressor) => compressor.compress_to_buffer(bytes, &mut self.room[..]),
            Engine::Snappy(encoder) => {
                encoder.compress(bytes, &mut self.room).map_err(io::Error::other)
            }
            Engine::Plain => Ok(0),
        }
    }

    /// The page in the codec's form, uncompressed.
    fn store(&mut self, page: &[u8]) {
        self.room.clear();
        if matches!(self.engine, Engine::Snappy(_)) {
            varint(page.len() as u64, &mut self.room);
            for literal in page.chunks(LITERAL_BYTES) {
                self.room.push(LITERAL);
                self.room.extend_from_slice(&((literal.len() - 1) as u16).to_le_bytes());
                self.room.extend_from_slice(literal);
            }
            return;
        }
        self.room.extend_from_slice(&MAGIC);
        self.room.push(FRAME);
        self.room.extend_from_slice(&(page.len() as u32).to_le_bytes());
        let last = page.len().div_ceil(BLOCK).saturating_sub(1);
        for (at, block) in page.chunks(BLOCK).enumerate() {
            let header = (block.len() as u32) << 3 | u32::from(at == last);
            self.room.extend_from_slice(&header.to_le_bytes()[..3]);
            self.room.extend_from_slice(block);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes in which nothing repeats.
    fn noise(many: usize) -> Vec<u8> {
        let byte = |at: usize| (at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
        let mixed = |at| byte(at)[1] ^ byte(at.wrapping_mul(0x01f1_2345))[2];
        (0..many).map(mixed).collect()
    }

    #[test]
    fn stored_pages_are_read_by_the_codecs_own_reader() {
        for many in [TRY_FROM, BLOCK, 3 * BLOCK + 1] {
            let page = noise(many);
            let mut codec = Codec::new(Compression::Zstd).unwrap();
            codec.store(&page);
            assert_eq!(zstd::bulk::decompress(&codec.room, many).unwrap(), page);
            let mut codec = Codec::new(Compression::Snappy).unwrap();
            codec.store(&page);
            assert_eq!(snap::raw::Decoder::new().decompress_vec(&codec.room).unwrap(), page);
        }
    }

    #[test]
    fn compressed_pages_are_read_by_the_codecs_own_reader() {
        let page = b"one two three ".repeat(10_000);
        let mut codec = Codec::new(Compression::Zstd).unwrap();
        let bytes = codec.compress(&page, Content::Packed).unwrap();
        assert!(bytes.len() < page.len() / 10);
        assert_eq!(zstd::bulk::decompress(bytes, page.len()).unwrap(), page);
    }
}
