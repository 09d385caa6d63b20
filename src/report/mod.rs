//! A report to bytes.
