//! [`Builtin`]: the catalog as a backend: no network, no key, no model.
