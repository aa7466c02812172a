/** What a kilowatt-hour costs. */
export interface ElectricityPrice {
  /** Price of 1 kWh. */
  perKwh: number;
  /** ISO 4217: `EUR`. */
  currency: string;
  /** When it held. */
  year?: number;
  /** Who says so. */
  source?: string;
}

/** What a kilowatt-hour emits. */
export interface CarbonIntensity {
  /** CO₂ (or its equivalent) of 1 kWh, in g. */
  gramsPerKwh: number;
  /** When it held. */
  year?: number;
  /** Who says so. */
  source?: string;
}

/** 1 kWh in mJ. */
export const MJ_PER_KWH = 3.6e9;

const EUROSTAT = "Eurostat, households with taxes, first half of 2024";
const EMBER = "Ember by way of Our World in Data, life cycle, mean of the year";

/**
 * Prices for orientation: national means for households, which your own bill corrects. Rounded, and
 * as old as their year.
 */
export const ELECTRICITY_PRICES: Readonly<Record<"eu" | "de" | "us", ElectricityPrice>> = {
  eu: { perKwh: 0.289, currency: "EUR", year: 2024, source: EUROSTAT },
  de: { perKwh: 0.395, currency: "EUR", year: 2024, source: EUROSTAT },
  us: { perKwh: 0.16, currency: "USD", year: 2023, source: "EIA, residential, mean of the year" },
};

/**
 * Emissions for orientation: means over a country and a year; an hour of sun or of night differs by
 * more than that. Rounded, and as old as their year.
 */
export const CARBON_INTENSITIES: Readonly<
  Record<"world" | "cn" | "de" | "fr" | "in" | "no" | "us", CarbonIntensity>
> = {
  world: { gramsPerKwh: 480, year: 2023, source: EMBER },
  cn: { gramsPerKwh: 580, year: 2023, source: EMBER },
  de: { gramsPerKwh: 380, year: 2023, source: EMBER },
  fr: { gramsPerKwh: 56, year: 2023, source: EMBER },
  in: { gramsPerKwh: 710, year: 2023, source: EMBER },
  no: { gramsPerKwh: 30, year: 2023, source: EMBER },
  us: { gramsPerKwh: 390, year: 2022, source: "EIA, CO₂ of generation, 0.86 lb/kWh" },
};
