using System.Globalization;
using System.Numerics;
using Memo.Kernels.Digits;

namespace Memo.Networks.Plans;

/// <summary>
/// Turns layers into instructions. For each form u of a layer one number, its anchor u + constant, is computed from the atoms
/// of the layer before; values and steps are derived from it. Sizes come from the exact ranges; sums wrap modulo 2^(28 L), so
/// terms may be larger than their sum. Three things make it quick, and each follows from the layers alone: a neuron that only
/// carries a number on costs nothing (the same slot goes on); a sum is computed in the slot of its first term when nobody else
/// needs that; and below the lowest digit of a constant nothing changes, so nothing is touched.
/// </summary>
internal sealed class ReluPlanCompiler(int biasShift, Interval inputs, CancellationToken cancellation)
{
    // Of one sample; a block of 64 then takes 2 GiB, and every offset in it fits int.
    private const long MostDigits = 1 << 23;

    private readonly List<PlanInstruction> _instructions = [];
    private readonly List<int> _constants = [];
    private readonly List<int> _inputWeights = [];
    private readonly SlotAllocator _slots = new();

    public ReluPlan Compile(ReadOnlySpan<SparseLayer> layers)
    {
        // A layer is emitted when the next one has said which of its atoms it uses.
        LayerAnalysis? before = null, current = null;
        foreach (SparseLayer layer in layers)
        {
            cancellation.ThrowIfCancellationRequested();
            LayerAnalysis next = current is null
                ? LayerAnalysis.OfFirst(layer, biasShift, inputs) : LayerAnalysis.OfNext(layer, biasShift, current);
            if (current is not null) EmitHidden(current, before, layers[0]);
            (before, current) = (current, next);
        }
        (int, int)[] outputs = EmitOutputs(current!, before, layers[0]);
        return new ReluPlan
        {
            Instructions = [.. _instructions],
            Constants = [.. _constants],
            InputWeights = [.. _inputWeights],
            Dimension = layers[0].Inputs,
            Digits = (int)_slots.HighWater,
            Outputs = outputs,
            Inputs = inputs,
        };
    }

    private void EmitHidden(LayerAnalysis layer, LayerAnalysis? before, SparseLayer first)
    {
        var done = new Dictionary<Atom, int>(); // the forms computed that have the atom
        foreach (Form form in layer.Forms) EmitForm(form, first, done);
        Release(before);
        foreach (Form form in layer.Forms) form.Sum = null; // or every layer would hold on to all before it
    }

    private Slot TakeSlot(int digits)
    {
        Slot slot = _slots.Take(digits);
        RequireRoom(_slots.HighWater, MostDigits);
        return slot;
    }

    private static void RequireRoom(double needed, double most)
    {
        if (needed > most)
            throw new MemoException(string.Create(CultureInfo.InvariantCulture, $"a forward pass of this network takes " +
                $"{needed:G3} digits of {Digit.Bits} bits, more than the {most:G3} that a plan may have"));
    }

    // Every output row is an anchor of its own: no ReLU comes after it.
    private (int, int)[] EmitOutputs(LayerAnalysis layer, LayerAnalysis? before, SparseLayer first)
    {
        var outputs = new (int, int)[layer.Neurons.Length];
        for (int row = 0; row < outputs.Length; row++)
        {
            FormNeuron neuron = layer.Neurons[row];
            Form form = layer.Forms[neuron.Form];
            int digits = Digit.CountFor((neuron.Sign * form.Range + neuron.Constant).SignedBits);
            Slot slot = TakeSlot(digits);
            Fill(slot, neuron.Constant + neuron.Sign * (form.Sum?.Constant ?? BigInteger.Zero));
            AddTerms(form, first, slot, neuron.Sign, except: null);
            outputs[row] = (slot.Offset, digits);
        }
        Release(before);
        return outputs;
    }

    private void Release(LayerAnalysis? layer)
    {
        if (layer is null) return;
        foreach (Form form in layer.Forms)
            foreach (Atom atom in form.Atoms)
                if (atom.Slot is { } slot)
                {
                    _slots.Release(slot);
                    atom.Slot = null;
                }
    }

    private void EmitForm(Form form, SparseLayer first, Dictionary<Atom, int> done)
    {
        Atom[] live = [.. form.Atoms.Where(atom => atom.Uses > 0 && atom.OnlyValue is null)];
        if (live.Length == 0)
        {
            Finish(form, done);
            return;
        }
        // The anchor is u + offset: the first value itself, where there is one.
        Atom? leader = live.FirstOrDefault(atom => !atom.IsStep && atom.Sign > 0 && atom.AlwaysPositive) ??
                       live.FirstOrDefault(atom => !atom.IsStep && atom.Sign > 0);
        BigInteger offset = leader?.Constant ?? -(form.Sum?.Constant ?? BigInteger.Zero);
        // A number that is carried on and nothing else is never compared: it needs no digit for a sign.
        bool carried = live is [{ IsStep: false, Sign: 1, AlwaysPositive: true }];
        Slot anchor = EmitAnchor(form, offset, carried ? live[0].Digits : DigitsOf(form, offset, live), first, done);

        foreach (Atom step in live.Where(atom => atom.IsStep))
        {
            (int constant, int lowest) = Pool(step.Constant - offset, anchor.Count);
            step.Slot = TakeSlot(1);
            _instructions.Add(new(PlanOperation.Step)
            {
                Target = step.Slot.Offset, Source = anchor.Offset, First = lowest, Count = anchor.Count, Constant = constant,
            });
        }
        foreach (Atom value in live.Where(atom => !atom.IsStep && atom != leader))
        {
            Slot slot = value.Slot = TakeSlot(anchor.Count);
            if (value.Sign > 0)
            {
                Copy(slot, anchor);
                AddConstant(slot, value.Constant - offset);
            }
            else
            {
                Fill(slot, value.Constant + offset);
                _instructions.Add(new(PlanOperation.AddShifted)
                {
                    Target = slot.Offset, Count = slot.Count, Source = anchor.Offset, SourceCount = anchor.Count, Sign = -1,
                });
            }
            if (!value.AlwaysPositive) Relu(slot, value.Digits);
            slot.Count = Math.Min(slot.Count, value.Digits);
        }
        if (leader is null) _slots.Release(anchor);
        else
        {
            if (!leader.AlwaysPositive) Relu(anchor, leader.Digits); // an atom's slot is never negative, so this is our own
            leader.Slot = anchor;
            anchor.Count = Math.Min(anchor.Count, leader.Digits);
        }
        Finish(form, done);
    }

    // Digits in which the anchor, and every number derived from it before its ReLU, fits with its sign.
    private static int DigitsOf(Form form, BigInteger offset, Atom[] live)
    {
        long bits = (form.Range + offset).SignedBits;
        foreach (Atom atom in live) bits = Math.Max(bits, (atom.Sign * form.Range + atom.Constant).SignedBits);
        return Digit.CountFor(bits);
    }

    // u + offset: in the slot of its first term with weight 1, or a copy of that, or from nothing.
    private Slot EmitAnchor(Form form, BigInteger offset, int digits, SparseLayer first, Dictionary<Atom, int> done)
    {
        BigInteger constant = offset + (form.Sum?.Constant ?? BigInteger.Zero);
        Atom? start = null;
        int terms = 0;
        foreach ((Atom atom, BigInteger weight) in form.Terms)
        {
            terms++;
            if (!atom.IsStep && weight.IsOne && (start is null || atom.Slot!.Count > start.Slot!.Count)) start = atom;
        }
        if (start is null)
        {
            Slot slot = TakeSlot(digits);
            Fill(slot, constant);
            AddTerms(form, first, slot, 1, except: null);
            return slot;
        }
        Slot source = start.Slot!;
        bool inPlace = source.Owners == 1 && start.Uses - done.GetValueOrDefault(start) == 1 && source.Capacity >= digits;
        if (terms == 1 && constant.IsZero && source.Count >= digits)
        {
            source.Owners++;
            return source;
        }
        Slot target = source;
        if (inPlace)
        {
            start.Slot = null;
            if (digits > source.Count) FillZero(source, source.Count, digits);
            source.Count = digits;
        }
        else
        {
            target = TakeSlot(digits);
            Copy(target, source);
        }
        AddConstant(target, constant);
        AddTerms(form, first, target, 1, start);
        return target;
    }

    private static void Finish(Form form, Dictionary<Atom, int> done)
    {
        foreach ((Atom atom, _) in form.Terms) done[atom] = done.GetValueOrDefault(atom) + 1;
    }

    // target += sign * u without the constant.
    private void AddTerms(Form form, SparseLayer first, Slot target, int sign, Atom? except)
    {
        if (form.Sum is null)
        {
            AddInputs(form, first, target, sign);
            return;
        }
        foreach ((Atom atom, BigInteger unsigned) in form.Sum.Terms)
        {
            if (atom == except) continue;
            BigInteger weight = sign * unsigned;
            if (atom.IsStep)
            {
                (int constant, int lowest) = Pool(weight, target.Count);
                if (lowest < target.Count)
                    _instructions.Add(new(PlanOperation.AddConstantWhere)
                    {
                        Target = target.Offset, Count = target.Count, First = lowest, Constant = constant, Bit = atom.Slot!.Offset,
                    });
            }
            else AddMultiple(target, atom.Slot!, weight);
        }
    }

    private void AddMultiple(Slot target, Slot source, BigInteger weight)
    {
        BigInteger magnitude = BigInteger.Abs(weight);
        var instruction = new PlanInstruction(PlanOperation.AddShifted)
        {
            Target = target.Offset, Count = target.Count, Source = source.Offset, SourceCount = source.Count, Sign = weight.Sign,
        };
        if (magnitude.IsPowerOfTwo)
        {
            int shift = (int)BigInteger.TrailingZeroCount(magnitude);
            if (shift < target.Count * Digit.Bits) _instructions.Add(instruction with { First = shift });
            return;
        }
        Span<int> factors = new int[Digit.CountFor((long)magnitude.GetBitLength())];
        Digit.Write(magnitude, factors);
        for (int i = 0; i < Math.Min(factors.Length, target.Count); i++)
            if (factors[i] != 0)
                _instructions.Add(instruction with { Operation = PlanOperation.AddProduct, First = i, Constant = factors[i] });
    }

    // The first layer's weights, digit by digit: w = sum w_i 2^(28 i) with w_i of w's sign, below 2^28 in magnitude.
    private void AddInputs(Form form, SparseLayer first, Slot target, int sign)
    {
        int start = first.RowStarts[form.Row], end = first.RowStarts[form.Row + 1], digits = 0;
        for (int e = start; e < end; e++)
            digits = Math.Max(digits, Digit.CountFor((long)BigInteger.Abs(first.Weights[e]).GetBitLength()));
        RequireRoom(_inputWeights.Count + (double)digits * first.Inputs, Array.MaxLength);
        var rows = new int[digits][];
        for (int i = 0; i < digits; i++) rows[i] = new int[first.Inputs];
        Span<int> magnitude = new int[Math.Max(digits, 1)];
        for (int e = start; e < end; e++)
        {
            Digit.Write(BigInteger.Abs(first.Weights[e]), magnitude);
            for (int i = 0; i < digits; i++) rows[i][first.Columns[e]] = sign * first.Weights[e].Sign * magnitude[i];
        }
        for (int i = 0; i < Math.Min(digits, target.Count); i++)
        {
            _instructions.Add(new(PlanOperation.AddInputs)
            {
                Target = target.Offset, Count = target.Count, First = i, Source = _inputWeights.Count / first.Inputs,
            });
            _inputWeights.AddRange(rows[i]);
        }
    }

    private void Fill(Slot slot, BigInteger value)
    {
        RequireRoom(_constants.Count + (double)slot.Count, Array.MaxLength);
        int constant = _constants.Count;
        var digits = new int[slot.Count];
        Digit.Write(value, digits);
        _constants.AddRange(digits);
        _instructions.Add(new(PlanOperation.Fill) { Target = slot.Offset, Count = slot.Count, Constant = constant });
    }

    private void FillZero(Slot slot, int from, int to)
    {
        int constant = _constants.Count;
        _constants.AddRange(new int[to - from]);
        _instructions.Add(new(PlanOperation.Fill) { Target = slot.Offset + from, Count = to - from, Constant = constant });
    }

    private void Copy(Slot target, Slot source) => _instructions.Add(new(PlanOperation.Copy)
    {
        Target = target.Offset, Count = target.Count, Source = source.Offset, SourceCount = source.Count,
    });

    private void AddConstant(Slot target, BigInteger value)
    {
        if (value.IsZero) return;
        (int constant, int lowest) = Pool(value, target.Count);
        if (lowest < target.Count)
            _instructions.Add(new(PlanOperation.AddConstant)
            {
                Target = target.Offset, Count = target.Count, First = lowest, Constant = constant,
            });
    }

    private void Relu(Slot slot, int kept) => _instructions.Add(new(PlanOperation.Relu)
    {
        Target = slot.Offset, Count = slot.Count, SourceCount = Math.Min(kept, slot.Count),
    });

    // The digits of a number modulo 2^(28 count) from the lowest that is not zero on; that digit, or the last one for zero,
    // which a step compares by its sign alone.
    private (int Constant, int Lowest) Pool(BigInteger value, int count)
    {
        int lowest = value.IsZero ? count - 1 : (int)(BigInteger.TrailingZeroCount(value) / Digit.Bits);
        int constant = _constants.Count;
        if (lowest >= count) return (constant, lowest);
        RequireRoom(_constants.Count + (double)count - lowest, Array.MaxLength);
        var digits = new int[count - lowest];
        Digit.Write(value >> (lowest * Digit.Bits), digits);
        _constants.AddRange(digits);
        return (constant, lowest);
    }
}
