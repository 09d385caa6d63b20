//! Whole packets through all passes.
