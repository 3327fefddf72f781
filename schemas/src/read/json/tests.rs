//! What is read from broken JSON, and that it always is.
