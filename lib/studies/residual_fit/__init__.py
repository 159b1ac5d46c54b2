"""How accurate the residual's closed-form fit is (Section 6)."""
