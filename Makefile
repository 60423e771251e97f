# Two commands: `make run` opens the window, `make test` proves everything. Both set up what is missing.
# `make run REPO=/path/to/repository` opens another repository than the one you stand in.

REPO ?= $(CURDIR)
CARGO ?= cargo
NPM_CI := npm ci --prefix ui --ignore-scripts --no-audit --no-fund

.PHONY: run test check ui bench eval setup setup-test release clean-ui

run: setup ui
	@$(CARGO) build --release --locked
	@target/release/backstory "$(REPO)"

test: setup-test ui
	@tests/run

check: setup ui
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	npm --prefix ui run lint
	npm --prefix ui run check

bench: setup-test ui
	@tests/bench/run

eval: setup-test ui
	@tests/eval/run

release: setup ui
	$(CARGO) build --release --locked

setup:
	@.ci/setup build

setup-test:
	@.ci/setup test

ui: ui/dist/index.html

ui/dist/index.html: ui/node_modules/.package-lock.json ui/index.html ui/vite.config.ts \
		$(shell find ui/src ipc-schema -type f 2>/dev/null)
	npm --prefix ui run build
	@touch $@

ui/node_modules/.package-lock.json: ui/package-lock.json
	$(NPM_CI)
	@touch $@
