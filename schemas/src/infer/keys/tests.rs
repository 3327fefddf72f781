//! Keys of small databases of many habits.
