/** What is held out: people, prompts that must stay unseen, near duplicates. */
import { TextArea, TextField } from "../../../ui/Form";
import { datasets } from "../../../words/en-datasets";
import { Options, Part, Ticks } from "../fields";
import { WORDS } from "../recipe";
import own from "../wizard.module.css";
import { joined, named, type PartProps } from "./part";

const words = datasets.wizard;
const said = datasets.summary;

export function HeldOut({ plan, choices, set }: PartProps) {
  const { decontaminate, held_out_labelers, near_duplicates } = plan.recipe;
  const texts = Array.isArray(decontaminate?.prompts) ? decontaminate.prompts : [];
  const length = decontaminate?.words ?? WORDS;
  const write = (prompts: string[], run: number) =>
    set({ decontaminate: prompts.length > 0 ? { prompts, words: run } : null });
  const chosen = joined(
    [
      held_out_labelers.length > 0 && said.heldOut(held_out_labelers.length),
      texts.length > 0 && said.unseen(texts.length),
      near_duplicates === "keep" && datasets.options.near_duplicates!.keep![0],
    ],
    words.nothingUnseen,
  );
  return (
    <Part title={words.splits} chosen={chosen}>
      <p className={own.meaning}>{words.splitsHint}</p>
      {choices.labelers.length > 0 && (
        <Ticks
          label={words.heldOut}
          hint={words.heldOutHint}
          chosen={held_out_labelers}
          options={named(choices.labelers)}
          onChange={(people) => set({ held_out_labelers: people })}
        />
      )}
      <Options
        label={words.near_duplicates}
        name="near_duplicates"
        value={near_duplicates}
        options={datasets.options.near_duplicates!}
        onChange={(value) => set({ near_duplicates: value })}
      />
      <TextArea
        label={words.unseen}
        hint={words.unseenHint}
        name="decontaminate"
        defaultValue={texts.join("\n")}
        onChange={(event) =>
          write(
            event.target.value.split("\n").filter((line) => line.trim() !== ""),
            length,
          )
        }
      />
      {texts.length > 0 && (
        <div className={own.pair}>
          <TextField
            label={words.unseenWords}
            name="words"
            type="number"
            min={3}
            max={50}
            value={length}
            onChange={(event) => write(texts, Number(event.target.value))}
          />
        </div>
      )}
    </Part>
  );
}
