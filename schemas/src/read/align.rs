//! Ragged rows: of all ways to merge or split the cells, the one whose columns parse.
