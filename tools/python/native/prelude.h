/* SPDX-License-Identifier: Apache-2.0 */
/* prelude.h - what stands before the code that cffi makes of dseg.cdef. */
#include <dseg/dseg.h>
#include <dseg/proposals.h>
