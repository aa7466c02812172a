import { type Field, ProtoFile } from "../../lib/model/proto_reader.ts";
import { Message } from "../../lib/model/proto_writer.ts";

/**
 * The decoder at `onnxPath` as optimum merges decoders: all nodes inside both branches of an `If` on
 * `use_cache_branch`, weights outside of them. Both branches are the same, so it answers as before.
 */
export function merged(onnxPath: string): Uint8Array<ArrayBuffer> {
  using file = new ProtoFile(onnxPath);
  const bytes = (field: Field) => file.bytes(field.start, field.end).slice();
  const parts = [...file.fields()].filter((field) => field.number === 7)
    .flatMap((graph) => [...file.fields(graph.start, graph.end)]);
  const of = (number: number) => parts.filter((part) => part.number === number);
  const name = (value: Field) =>
    file.text([...file.fields(value.start, value.end)].find((part) => part.number === 1)!);

  const branch = new Message().field(2, "branch");
  for (const node of of(1)) branch.field(1, bytes(node));
  for (const output of of(12)) branch.field(12, bytes(output));
  const choice = new Message().field(1, "use_cache_branch");
  for (const output of of(12)) choice.field(2, name(output));
  choice.field(3, "optimum::if").field(4, "If");
  for (const side of ["then_branch", "else_branch"]) {
    choice.field(5, new Message().field(1, side).field(6, branch).int(20, 5)); // type GRAPH
  }
  const graph = new Message().field(1, choice).field(2, "merged");
  for (const weight of of(5)) graph.field(5, bytes(weight));
  for (const input of of(11)) graph.field(11, bytes(input));
  const flag = new Message().int(1, 9) // BOOL
    .field(2, new Message().field(1, new Message().int(1, 1)));
  graph.field(
    11,
    new Message().field(1, "use_cache_branch").field(2, new Message().field(1, flag)),
  );
  for (const output of of(12)) graph.field(12, bytes(output));

  const model = new Message();
  for (const field of file.fields()) {
    if (field.number === 7) continue;
    if (field.wire === 0) model.int(field.number, field.value);
    else model.field(field.number, bytes(field));
  }
  return model.field(7, graph).bytes();
}
