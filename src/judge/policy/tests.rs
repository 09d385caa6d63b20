//! Policies: reading, judging.
