// Crosscheck verifies an exported log with the code of others: golang.org/x/mod (note, tlog) and
// filippo.io/torchwood. The folder given as argument holds what .ci/witness.py wrote:
//
//	checkpoint   the cosigned checkpoint       policy     c2sp.org/tlog-policy
//	lines        the log's lines               static/    checkpoint and tiles (ulzii log export)
//	proofs/N     c2sp.org/tlog-proof           growth     JSON: old, new, old_root, new_root, path
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type growth struct {
	Old     int64       `json:"old"`
	New     int64       `json:"new"`
	OldRoot tlog.Hash   `json:"old_root"`
	NewRoot tlog.Hash   `json:"new_root"`
	Path    []tlog.Hash `json:"path"`
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "crosscheck:", err)
		os.Exit(1)
	}
}

func refused(err error, what string) {
	if err == nil {
		check(fmt.Errorf("accepted: %s", what))
	}
}

func main() {
	folder := os.Args[1]
	read := func(name string) []byte { return must(os.ReadFile(filepath.Join(folder, name))) }
	lines := bytes.Split(bytes.TrimSuffix(read("lines"), []byte("\n")), []byte("\n"))

	// x/mod: the note under the log's key
	key := strings.Fields(string(read("policy")))[1]
	verifier := must(note.NewVerifier(key))
	opened := must(note.Open(read("static/checkpoint"), note.VerifierList(verifier)))
	tree := must(torchwood.ParseCheckpoint(opened.Text)).Tree
	edited := bytes.Replace(read("static/checkpoint"), []byte("\n"+strconv.FormatInt(tree.N, 10)+"\n"), []byte("\n1\n"), 1)
	_, err := note.Open(edited, note.VerifierList(verifier))
	refused(err, "an edited checkpoint")

	// x/mod: growth between many sizes
	var grown []growth
	check(json.Unmarshal(read("growth"), &grown))
	for _, g := range grown {
		check(tlog.CheckTree(tlog.TreeProof(g.Path), g.New, g.NewRoot, g.Old, g.OldRoot))
		forged := g.OldRoot
		forged[0] ^= 1
		refused(tlog.CheckTree(tlog.TreeProof(g.Path), g.New, g.NewRoot, g.Old, forged), "a forged root")
	}

	// torchwood: policy, cosigned checkpoint, proofs of inclusion
	policy := must(torchwood.ParsePolicy(read("policy")))
	checkpoint, _, err := torchwood.VerifyCheckpoint(read("checkpoint"), policy)
	check(err)
	if checkpoint.Tree != tree {
		check(fmt.Errorf("the cosigned checkpoint is of another tree"))
	}
	_, _, err = torchwood.VerifyCheckpoint(read("static/checkpoint"), policy)
	refused(err, "a checkpoint without the cosignature that the policy asks for")
	proofs := must(os.ReadDir(filepath.Join(folder, "proofs")))
	for _, file := range proofs {
		proof, line := read("proofs/"+file.Name()), lines[must(strconv.Atoi(file.Name()))]
		check(torchwood.VerifyProof(policy, tlog.RecordHash(line), proof))
		refused(torchwood.VerifyProof(policy, tlog.RecordHash(append(line[:len(line):len(line)], ' ')), proof), "an edited line")
	}

	// torchwood's client: every entry by our tiles, each against the tree
	tiles := must(torchwood.NewTileFS(os.DirFS(filepath.Join(folder, "static"))))
	client := must(torchwood.NewClient(tiles))
	count := 0
	for index, entry := range client.AllEntries(context.Background(), tree, 0) {
		if !bytes.Equal(entry, lines[index]) {
			check(fmt.Errorf("entry %d is another line", index))
		}
		count++
	}
	check(client.Err())
	if int64(count) != tree.N {
		check(fmt.Errorf("%d of %d entries", count, tree.N))
	}
	fmt.Printf("x/mod and torchwood agree: %d entries, %d proofs of inclusion, %d of growth\n", count, len(proofs), len(grown))
}
