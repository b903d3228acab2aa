# SPDX-License-Identifier: Apache-2.0
"""docs/paper.md as a PDF, and the picture in it."""
