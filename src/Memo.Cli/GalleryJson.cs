using System.Text.Json;
using Memo.Cli.Reports;
using Memo.Data;
using Memo.Experiments;
using Memo.Networks;
using Memo.Storage;

namespace Memo.Cli;

/// <summary>A gallery as a field of a JSON object, and its pictures.</summary>
internal static class GalleryJson
{
    /// <summary>gallery: an array of {name, count, shown: [{row, truth, answer, radius, nearest, rival, decisive}]}.</summary>
    public static void WriteGallery(this Utf8JsonWriter json, CellNetwork network, Dataset rows, IReadOnlyList<GalleryGroup> gallery) =>
        json.WriteArray("gallery", gallery.Count, g =>
        {
            json.WriteStartObject();
            json.WriteString("name", gallery[g].Name);
            json.WriteNumber("count", gallery[g].Count);
            json.WriteArray("shown", gallery[g].Shown.Count, e =>
            {
                (int row, CellExplanation why) = gallery[g].Shown[e];
                json.WriteStartObject();
                json.WriteNumber("row", rows.FileRows[row]);
                json.WritePropertyName("truth");
                json.WriteClassValue(network.Classes, rows.Labels[row]);
                json.WriteAnswer(network, why);
                json.WriteEndObject();
            });
            json.WriteEndObject();
        });

    /// <summary>The pictures of the rows shown and of the training points that decide about them.</summary>
    public static ReportPictures Pictures(DataReference reference, CellNetwork network, Dataset rows,
        IReadOnlyList<GalleryGroup> gallery, ImageShape? shape)
    {
        var pictures = new ReportPictures(reference, rows, network, shape);
        foreach (GalleryGroup group in gallery)
            foreach (GalleryEntry entry in group.Shown) pictures.Add(entry.Row, entry.Why);
        return pictures;
    }
}
