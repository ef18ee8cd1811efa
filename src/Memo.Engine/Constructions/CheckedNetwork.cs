using Memo.Data;
using Memo.Networks;

namespace Memo.Constructions;

/// <summary>
/// A network beside the answers that its construction's own tables give, without any layer: class indices, or
/// <see cref="Predictions.Abstention"/>, of samples on the training samples' lattice. Not a forward pass: a cross-check.
/// </summary>
internal sealed record CheckedNetwork(ReluNetwork Network, Func<SampleMatrix, int[]> LookUp);
