"""Faults that a GPU would leave to chance, each with the text of the kernels that it takes the place of.

Four barriers of `cuda.cu` are not among them: those around a step alone, the one before `add_up` and the one
before `n` is written. Others stand between the same reads and writes, so that any one of them can be missing.
"""

#: The body of a watched step.
WATCHED_STEP = """            publish(halos[half], u, v);
            moved = vote(visitor.moved, half) && moved;
            visitor.moved = false;
            sweep(u, v, halos[half], visitor);
"""

#: What is broken → grid, what stands in the sources, what stands there instead.
FAULTS = {
    "copies are never waited for": (64, "        wait_for_all_but<RING - 1>();\n", ""),
    "copies are waited for one row late": (64, "wait_for_all_but<RING - 1>", "wait_for_all_but<RING>"),
    "rows fetched in the loop belong to no group": (
        64,
        "            fetch_row(state - STATE, i + RING - ROWS);\n        end_group();",
        "            fetch_row(state - STATE, i + RING - ROWS);",
    ),
    "a row is fetched over the one that is read": (
        64,
        "        wait_for_all_but<RING - 1>();\n        unpack(ring_row(i, 0), u, THREADS);",
        "        wait_for_all_but<RING - 1>();\n        if (i + RING < ROWS) fetch_row(state, i + RING);\n"
        "        unpack(ring_row(i, 0), u, THREADS);",
    ),
    "a state too many is fetched": (64, "else if (left > 0)", "else if (left >= 0)"),
    "no barrier between writing halos and reading them": (
        64,
        "    publish(halo, u, v);\n    __syncthreads();",
        "    publish(halo, u, v);",
    ),
    "one halo for two steps": (
        64,
        "        step(u, v, halos[1], visitor);\n    }\n    if (steps % 2)",
        "        step(u, v, halos[0], visitor);\n    }\n    if (steps % 2)",
    ),
    "the largest change is read before all have told theirs": (
        64,
        "atomicMax(&control()->largest, of_warp);\n    barrier();",
        "atomicMax(&control()->largest, of_warp);",
    ),
    "half of a block leaves before a barrier": (
        64,
        "simulation();\n    if (progress[own].finished) return;",
        "simulation();\n    if (progress[own].finished || threadIdx.x < 32) return;",
    ),
    "the ring begins inside the halos": (
        64,
        "return shared + 2 * sizeof(Halo) / sizeof(float4);",
        "return shared + sizeof(Halo) / sizeof(float4);",
    ),
    "shared memory is used behind what was asked for": (
        64,
        "return (Control *)((Halo *)shared + 2);",
        "return (Control *)((Halo *)shared + 2) + 1;",
    ),
    "a shuffle goes around the warp, not the row": (
        64,
        "x, thread % ACROSS, ACROSS)",
        "x, thread % 32, 32)",
    ),
    "blocks of a cluster wait for themselves only": (256, "    receive_rows(halo);\n", ""),
    "a warp goes on while its first lane waits for rows": (
        256,
        "sizeof halo.first / THREADS * ACROSS, waits);\n    __syncwarp();",
        "sizeof halo.first / THREADS * ACROSS, waits);",
    ),
    "rows from above are waited for, those from below are not": (
        256,
        "(at_top() || at_bottom())",
        "at_top()",
    ),
    "rows from below are counted as rows from above": (
        256,
        "at_top() ? halo.from_above : halo.from_below",
        "halo.from_above",
    ),
    "one field's rows are waited for": (256, "/ THREADS * ACROSS,", "/ THREADS * ACROSS / 2,"),
    "a row too many is waited for": (256, "/ THREADS * ACROSS,", "/ THREADS * ACROSS * 3 / 2,"),
    "rows are sent before the other block can count them": (
        256,
        "open(((Halo *)shared)[i].from_above);\n    barrier();",
        "open(((Halo *)shared)[i].from_above);",
    ),
    "rows are sent over those that the other block still reads": (
        256,
        "        step(u, v, halos[1], visitor);\n    }\n    if (steps % 2)",
        "        __syncthreads();\n        step(u, v, halos[0], visitor);\n        __syncthreads();\n    }\n"
        "    if (steps % 2)",
    ),
    "a block leaves while its rows are on their way": (
        256,
        "    barrier(); /* nobody leaves while its rows are on their way */\n",
        "",
    ),
    "a block leaves while its vote is on its way": (
        256,
        "            barrier(); /* nobody leaves while its vote is on its way */\n            return;",
        "            return;",
    ),
    "a block leaves while others add up its sums": (
        256,
        "    barrier(); /* nobody leaves while its sums are read */\n",
        "",
    ),
    "the votes of other blocks are read before they are there": (
        256,
        "    receive(control()->cast[turn], sizeof control()->votes[turn], threadIdx.x == 0);\n",
        "",
    ),
    "a vote of other blocks is not waited for": (
        256,
        "receive(control()->cast[turn], sizeof control()->votes[turn],",
        "receive(control()->cast[turn], sizeof control()->votes[turn] - sizeof(int),",
    ),
    "a block sends its first row to itself": (
        256,
        "above = (part_anew() + PARTS - 1) % PARTS",
        "above = part_anew()",
    ),
    "a largest change is forgotten before all have read it": (
        64,
        "    barrier(); /* everyone has read the one before */\n",
        "",
    ),
    "a block forgets its largest change before all blocks have read it": (
        256,
        "    barrier(); /* everyone has read the one before */\n",
        "    __syncthreads();\n",
    ),
    "watched steps vote in one place": (256, "vote(visitor.moved, half)", "vote(visitor.moved, 0)"),
    "the first vote after watched steps is cast in the place of the last of them": (
        256,
        "moved = vote(visitor.moved, 0) && moved;",
        "moved = vote(visitor.moved, 1) && moved;",
    ),
    "the last vote is cast in the place of the one before": (
        256,
        "vote(!is_finite(u, v), 1)",
        "vote(!is_finite(u, v), 0)",
    ),
    "one halo for two watched steps": (64, WATCHED_STEP, WATCHED_STEP.replace("halos[half]", "halos[0]")),
    "one halo for two remembered steps": (
        256,
        "        step(u, v, halos[1], visitor);\n        to += 2",
        "        step(u, v, halos[0], visitor);\n        to += 2",
    ),
    "one halo for two steps back": (
        64,
        "        step(l, m, halos[1], visitor);",
        "        step(l, m, halos[0], visitor);",
    ),
    "a sum is begun before the last one is added up": (
        64,
        "        __syncthreads();\n        all[threadIdx.x] = (double)own.x",
        "        all[threadIdx.x] = (double)own.x",
    ),
    "halves of a sum are added before they are there": (
        64,
        "            __syncthreads();\n            if (threadIdx.x < half)",
        "            if (threadIdx.x < half)",
    ),
    "the sums of other blocks are read before they are there": (
        256,
        "    }\n    barrier();\n    if (part() == 0 && threadIdx.x < SUMS)",
        "    }\n    __syncthreads();\n    if (part() == 0 && threadIdx.x < SUMS)",
    ),
    "a block leaves while its largest change is read": (
        256,
        "    store(state, u, v);\n    barrier();\n    if (is_first()) progress[own] = {n, n,",
        "    store(state, u, v);\n    if (is_first()) progress[own] = {n, n,",
    ),
    "a block that watched leaves while its vote is on its way": (
        256,
        "    barrier(); /* nobody leaves while its vote is on its way */\n}",
        "}",
    ),
    "a warp counts votes while its first lane waits for them": (
        256,
        "threadIdx.x == 0);\n    __syncwarp();",
        "threadIdx.x == 0);",
    ),
    "a thread votes for its block": (256, "voted = __syncthreads_or(own);", "voted = own;"),
    "a block casts its vote in the place of another": (
        256,
        "send(votes + part(), (int)voted",
        "send(votes + other, (int)voted",
    ),
    "the last block's vote is not counted": (
        256,
        "threadIdx.x < PARTS && votes[other]",
        "threadIdx.x < PARTS - 1 && votes[other]",
    ),
    "the last block's largest change is not asked for": (
        256,
        "for (int i = 0; i < PARTS; i++) largest =",
        "for (int i = 0; i < PARTS - 1; i++) largest =",
    ),
    "a block ends with its own largest change": (
        256,
        "largest = max(largest, of_part(control(), i)->largest);",
        "largest = control()->largest;",
    ),
    "a block watches for itself": (
        256,
        "moved = vote(visitor.moved, half) && moved;",
        "moved = __syncthreads_or(visitor.moved) && moved;",
    ),
    "a block is finite for itself": (
        256,
        "!vote(!is_finite(u, v), 1)",
        "!__syncthreads_or(!is_finite(u, v))",
    ),
    "a block is back where it began, others are not": (
        256,
        "!vote(differs(state, u, v), 0)",
        "!__syncthreads_or(differs(state, u, v))",
    ),
    "a thread is back where it began, others are not": (
        64,
        "!vote(differs(state, u, v), 0)",
        "!differs(state, u, v)",
    ),
    "one block of a finished simulation leaves": (
        256,
        "if (progress[own].finished || n == end) return;",
        "if (part() == 0 && (progress[own].finished || n == end)) return;",
    ),
    "the first rows belong to no group": (
        64,
        "            fetch_row(state, i);\n            end_group();",
        "            fetch_row(state, i);",
    ),
    "the first of the states is not fetched": (64, "else if (left > 0)", "else if (left > 1)"),
    "the ring is a row short": (64, "(i % RING * 2 + field)", "(i % (RING - 1) * 2 + field)"),
    "states of the next simulation are kept where these end": (
        64,
        "(size_t)simulation() * stride * STATE + own_place();\n    Step",
        "(size_t)simulation() * steps * STATE + own_place();\n    Step",
    ),
    "states are looked for a place too early": (
        64,
        "(size_t)simulation() * stride + first",
        "(size_t)simulation() * (stride - 1) + first",
    ),
    "every piece of a way back begins where the first one does": (
        64,
        "* stride + first + steps - 1 - base;",
        "* stride + steps - 1;",
    ),
    "a state is kept a place too late": (64, "store(to + STATE, u, v);", "store(to + 2 * STATE, u, v);"),
    "each group remembers the first one's states": (
        64,
        "own = group + simulation(), steps = min(last, counted[own]) - first;\n    float4 *to",
        "own = simulation(), steps = min(last, counted[own]) - first;\n    float4 *to",
    ),
    "each group adds to the first one's sums": (64, "sums + own * SUMS", "sums + simulation() * SUMS"),
}

#: Kernel → bytes that the last of its words in shared memory, at 256 × 256 cells, lie before the end of what
#: all are given, that word counted. (What only others use comes after it.)
LAST_WORDS = {"advance": 4, "measure": 8, "watch": 12, "remember": 64, "retreat": 4}

#: What no emulation shows: between two barriers its threads run one after the other, and it has no PTX. For
#: these there are the races of `benchmarks.gpu_first`: the same simulations many at a time, three times.
GPU_ONLY = {
    "a largest change is told by reading and writing": (
        64,
        "atomicMax(&control()->largest, of_warp);",
        "control()->largest = max(control()->largest, of_warp);",
    ),
    "other blocks may see a count before it is made ready": (
        256,
        '    asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");\n',
        "",
    ),
    "a cluster's threads arrive and do not wait": (256, "\\nbarrier.cluster.wait.aligned;", ""),
}
